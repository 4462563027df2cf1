import type { Blocking } from '../scheduler.ts'
import { become } from './env.ts'
import { program, usageError } from './getopt.ts'
import { cannotRun } from './timeout.ts'

/** nohup(1) of coreutils 9.1; where no stream is a terminal it only ignores HUP. */
export const nohup = program(
  { options: [], isStoppingAtOperand: true, usageStatus: 125 },
  function* (process, options): Blocking<number> {
    if (options.operands.length === 0) {
      process.complain(usageError(process, 'missing operand').text)
      return 125
    }
    process.signalActions.set('HUP', 'ignore')
    return yield* become(process, options.operands, process.env, cannotRun)
  },
)
