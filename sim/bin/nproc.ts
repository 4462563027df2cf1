import { complain } from './coreutils.ts'
import { program, usageError } from './getopt.ts'
import { quote } from './quote.ts'

/** nproc(1) of coreutils 9.1. */
export const nproc = program({ options: ['all', 'ignore:'] }, (process, options) => {
  const [extra] = options.operands
  if (extra !== undefined) throw usageError(process, `extra operand ${quote(process, extra)}`)
  const ignored = options.value('ignore') ?? '0'
  if (!/^\d+$/.test(ignored)) return complain(process, `invalid number: ${quote(process, ignored)}`)
  process.print(`${Math.max(1, process.kernel.record.cpuCount - Number(ignored))}\n`)
  return 0
})
