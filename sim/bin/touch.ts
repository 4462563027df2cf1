import { Unsimulated } from '../../src/host/host.ts'
import { parseDate } from '../formats/get-date.ts'
import type { Process } from '../process.ts'
import { complain, errnoOf } from './coreutils.ts'
import { type ParsedOptions, program, usageError } from './getopt.ts'
import { quote, quoteAlways } from './quote.ts'

/** touch(1) of coreutils 9.1; access times are not kept, so -a alone changes nothing else. */
export const touch = program(
  {
    options: ['c,no-create', 'd,date:', 'm', 'r,reference:', 'f'],
    unsimulated: ['a', 't:', 'h,no-dereference', 'time:'],
  },
  (process, options) => {
    if (options.operands.length === 0) throw usageError(process, 'missing file operand')
    const when = timeOf(process, options)
    if (when === 'invalid') return 1
    let status = 0
    for (const operand of options.operands) status = touchOne(process, operand, { when, options }) || status
    return status
  },
)

function timeOf(process: Process, options: ParsedOptions): number | undefined | 'invalid' {
  const reference = options.value('reference')
  const date = options.value('date')
  if (reference !== undefined && date !== undefined)
    throw new Unsimulated('touch', '--date relative to --reference')
  if (reference !== undefined) {
    const errno = errnoOf(() => process.stat(reference))
    if (errno === undefined) return process.stat(reference).mtimeSeconds
    complain(process, `failed to get attributes of ${quoteAlways(reference)}`, errno)
    return 'invalid'
  }
  if (date === undefined) return undefined
  const seconds = parseDate(date, process.clock.realtimeSeconds)
  if (seconds !== undefined) return seconds
  complain(process, `invalid date format ${quote(process, date)}`)
  return 'invalid'
}

function touchOne(
  process: Process,
  path: string,
  { when, options }: { when: number | undefined; options: ParsedOptions },
): number {
  if (!process.exists(path)) {
    if (options.has('no-create')) return 0
    const errno = errnoOf(() => process.close(process.open(path, { write: true, create: true })))
    if (errno !== undefined) return complain(process, `cannot touch ${quoteAlways(path)}`, errno)
    if (when === undefined) return 0
  }
  const errno = errnoOf(() => process.utimes(path, when))
  return errno === undefined ? 0 : complain(process, `setting times of ${quoteAlways(path)}`, errno)
}
