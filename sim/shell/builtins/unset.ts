import { subscriptOf, wrapIndex } from '../expand.ts'
import { associativeOf, indexedOf, isName, ReadonlyVariable } from '../variables.ts'
import { type Builtin, failure, invalidOption, parseLetters } from './builtin.ts'

/** `unset`, of variables, elements and functions. */
export const unset: Builtin = {
  *run(shell, argv) {
    const { letters, operands, invalid } = parseLetters(argv.slice(1), shell.isBash ? 'fvn' : 'fv')
    if (invalid !== undefined)
      return invalidOption(shell, 'unset', invalid, 'unset [-f] [-v] [-n] [name ...]')
    let status = 0
    for (const operand of operands) {
      const [, name = operand, subscript] = /^(\w+)\[([\s\S]*)\]$/.exec(operand) ?? []
      if (letters.has('f')) shell.functions.delete(name)
      else if (!isName(name)) status = failure(shell, 'unset', `\`${operand}': not a valid identifier`)
      else {
        try {
          const variable = shell.variables.get(name)
          if (subscript === undefined || subscript === '@' || subscript === '*') {
            const isThere = shell.variables.unset(letters.has('n') ? name : shell.variables.resolve(name))
            if (!isThere && shell.isBash && !letters.has('v')) shell.functions.delete(name)
          } else if (variable !== undefined) {
            const key = yield* subscriptOf(shell, name, subscript)
            if (typeof key === 'number') {
              const elements = new Map(indexedOf(variable.value))
              elements.delete(wrapIndex(shell, name, key))
              shell.variables.set(name, { ...variable, value: elements })
            } else {
              const elements = new Map(associativeOf(variable.value))
              elements.delete(key)
              shell.variables.set(name, { ...variable, value: elements })
            }
          }
        } catch (error) {
          if (!(error instanceof ReadonlyVariable)) throw error
          if (shell.isBash) status = failure(shell, 'unset', `${name}: cannot unset: readonly variable`)
          else return shell.fail(`${name}: is read only`, 'special')
        }
      }
    }
    return status
  },
}
