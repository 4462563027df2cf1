import type { Blocking } from '../../scheduler.ts'
import { runProgram } from '../external-command.ts'
import type { Shell } from '../shell.ts'
import { type Builtin, failure, invalidOption, parseLetters } from './builtin.ts'
import { classify, type } from './type.ts'

/** `command`: a builtin or a program, whatever functions there are; -v and -V tell which. */
export const command: Builtin = {
  *run(shell, argv, options) {
    const { letters, operands, invalid } = parseLetters(argv.slice(1), 'pvV')
    if (invalid !== undefined)
      return invalidOption(shell, 'command', invalid, 'command [-pVv] command [arg ...]')
    if (letters.has('v')) return locate(shell, operands)
    if (letters.has('V')) {
      const told = type.run(shell, ['type', ...operands], options)
      return typeof told === 'number' ? told : yield* told
    }
    if (operands.length === 0) return 0
    return yield* runWithoutFunctions(shell, operands)
  },
}

function locate(shell: Shell, names: readonly string[]): number {
  let isFound = true
  for (const name of names) {
    const found = classify(shell, name)
    if (found === undefined) isFound = false
    else shell.process.print(`${found.path ?? name}\n`)
  }
  return isFound ? 0 : shell.isBash ? 1 : 127
}

function* runWithoutFunctions(shell: Shell, argv: readonly string[]): Blocking<number> {
  const builtin = shell.interpreter.builtins(shell).get(argv[0] ?? '')
  if (builtin === undefined) return yield* runProgram(shell, argv, { env: shell.environment, isLast: false })
  const result = builtin.run(shell, argv, { arrays: new Map() })
  return typeof result === 'number' ? result : yield* result
}

/** `builtin`. */
export const builtin: Builtin = {
  *run(shell, argv, options) {
    const [name, ...args] = argv.slice(1)
    if (name === undefined) return 0
    const found = shell.interpreter.builtins(shell).get(name)
    if (found === undefined) return failure(shell, 'builtin', `${name}: not a shell builtin`)
    const result = found.run(shell, [name, ...args], options)
    return typeof result === 'number' ? result : yield* result
  },
}
