import { textOf } from '../parameter.ts'
import type { Shell, ShellOption } from '../shell.ts'
import { evaluateTest, TestError, type TestWords } from '../test-expression.ts'
import { elementsOf } from '../variables.ts'
import type { Builtin } from './builtin.ts'

/** `test` and `[`. */
export const test: Builtin = {
  run(shell, argv) {
    const [name = 'test', ...args] = argv
    const words = shell.isBash ? BASH : DASH
    try {
      if (name === '[' && args.pop() !== ']') throw new TestError(words.missingBracket)
      const isSet = (operator: string, operand: string): boolean => askShell(shell, operator, operand)
      return evaluateTest(shell.process, args, { words, ...(shell.isBash ? { isSet } : {}) }) ? 0 : 1
    } catch (error) {
      if (!(error instanceof TestError)) throw error
      shell.complain(shell.isBash ? `${name}: ${error.message}` : error.message)
      return 2
    }
  },
}

function askShell(shell: Shell, operator: string, operand: string): boolean {
  if (operator === '-o') return shell.options.has(operand as ShellOption)
  const [, name, key] = /^(\w+)\[(.*)\]$/.exec(operand) ?? []
  if (name === undefined) return textOf(shell, operand) !== undefined
  return elementsOf(shell.variables.get(name)).some(([candidate]) => candidate === key)
}

const BASH: TestWords = {
  integerExpected: text => `${text}: integer expression expected`,
  unaryExpected: operator => `${operator}: unary operator expected`,
  binaryExpected: operator => `${operator}: binary operator expected`,
  argumentExpected: () => '',
  missingBracket: "missing `]'",
  tooMany: () => 'too many arguments',
}

const DASH: TestWords = {
  integerExpected: text => `Illegal number: ${text}`,
  unaryExpected: (_, second) => `${second}: argument expected`,
  binaryExpected: operator => `${operator}: unexpected operator`,
  argumentExpected: () => 'argument expected',
  missingBracket: 'missing ]',
  tooMany: argument => `${argument}: unexpected operator`,
}
