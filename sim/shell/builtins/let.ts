import { ArithmeticFailed, evaluateExpanded } from '../expand.ts'
import { type Builtin, failure } from './builtin.ts'

/** `let`: the last expression's truth is the status. */
export const letBuiltin: Builtin = {
  *run(shell, argv) {
    if (argv.length < 2) return failure(shell, 'let', 'expression expected')
    let value = 0n
    try {
      for (const text of argv.slice(1))
        value = yield* evaluateExpanded(shell, text, { label: 'let: ', severity: 'status' })
    } catch (error) {
      if (error instanceof ArithmeticFailed) return 1
      throw error
    }
    return value === 0n ? 1 : 0
  },
}
