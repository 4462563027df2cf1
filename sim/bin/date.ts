import { Unsimulated } from '../../src/host/host.ts'
import { parseDate } from '../formats/get-date.ts'
import { strftime } from '../formats/strftime.ts'
import type { Process } from '../process.ts'
import { complain, errnoOf } from './coreutils.ts'
import { type ParsedOptions, program, usageError } from './getopt.ts'
import { quote, quoteAlways } from './quote.ts'

const ISO: Readonly<Record<string, string>> = {
  date: '%Y-%m-%d',
  hours: '%Y-%m-%dT%H%:z',
  minutes: '%Y-%m-%dT%H:%M%:z',
  seconds: '%Y-%m-%dT%H:%M:%S%:z',
  ns: '%Y-%m-%dT%H:%M:%S,%N%:z',
}

/** date(1) of coreutils 9.1, in UTC and on the virtual clock; the clock is not set. */
export const date = program(
  {
    options: ['d,date:', 'I,iso-8601::', 'R,rfc-email', 'rfc-3339:', 'r,reference:', 'u,utc', 'universal'],
    unsimulated: ['s,set:', 'f,file:', 'debug', 'resolution'],
  },
  (process, options) => {
    const [operand, extra] = options.operands
    if (extra !== undefined) throw usageError(process, `extra operand ${quote(process, extra)}`)
    if (operand !== undefined && !operand.startsWith('+')) throw new Unsimulated('date', 'setting the clock')
    const seconds = momentOf(process, options)
    if (seconds === undefined) return 1
    process.print(`${strftime(formatOf(options, operand), seconds)}\n`)
    return 0
  },
)

function formatOf(options: ParsedOptions, operand: string | undefined): string {
  if (operand !== undefined) return operand.slice(1)
  if (options.has('iso-8601')) return ISO[options.value('iso-8601') ?? 'date'] ?? refuse('--iso-8601')
  if (options.has('rfc-3339'))
    return (ISO[options.value('rfc-3339') ?? ''] ?? refuse('--rfc-3339')).replace('T', ' ').replace(',', '.')
  return options.has('rfc-email') ? '%a, %d %b %Y %H:%M:%S %z' : '%a %b %e %H:%M:%S %Z %Y'
}

function refuse(option: string): never {
  throw new Unsimulated('date', `an argument of ${option}`)
}

function momentOf(process: Process, options: ParsedOptions): number | undefined {
  const now = process.clock.realtimeSeconds
  const reference = options.value('reference')
  if (reference !== undefined) {
    const errno = errnoOf(() => process.stat(reference))
    if (errno === undefined) return process.stat(reference).mtimeSeconds
    complain(process, quoteAlways(reference).slice(1, -1), errno)
    return undefined
  }
  const text = options.value('date')
  if (text === undefined) return now
  const seconds = parseDate(text, now)
  if (seconds === undefined) complain(process, `invalid date ${quote(process, text)}`)
  return seconds
}
