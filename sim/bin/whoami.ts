import { userName } from './accounts.ts'
import { program, usageError } from './getopt.ts'
import { quote } from './quote.ts'

/** whoami(1) of coreutils 9.1. */
export const whoami = program({ options: [] }, (process, options) => {
  const [extra] = options.operands
  if (extra !== undefined) throw usageError(process, `extra operand ${quote(process, extra)}`)
  process.print(`${userName(process, process.credentials.uid)}\n`)
  return 0
})
