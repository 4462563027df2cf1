import type { Blocking } from '../scheduler.ts'
import { complain } from './coreutils.ts'
import { program, usageError } from './getopt.ts'
import { quote } from './quote.ts'

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }

/** A time interval of sleep(1) and timeout(1): `0.5`, `2m`; undefined where it is none. */
export function parseInterval(text: string): number | undefined {
  if (text === 'infinity' || text === 'inf') return Number.POSITIVE_INFINITY
  const [, number, unit = ''] = /^(\d+\.?\d*|\.\d+)(?:[eE]\d+)?([smhd]?)$/.exec(text) ?? []
  return number === undefined ? undefined : Number(number) * (UNITS[unit] ?? 1)
}

/** sleep(1) of coreutils 9.1, on the virtual clock. */
export const sleep = program({ options: [] }, function* (process, options): Blocking<number> {
  if (options.operands.length === 0) {
    process.complain(usageError(process, 'missing operand').text)
    return 1
  }
  let seconds = 0
  for (const operand of options.operands) {
    const interval = parseInterval(operand)
    if (interval === undefined) {
      complain(process, `invalid time interval ${quote(process, operand)}`)
      process.complain(`Try '${process.argv[0]} --help' for more information.\n`)
      return 1
    }
    seconds += interval
  }
  yield* process.sleep(seconds * 1e9)
  return 0
})
