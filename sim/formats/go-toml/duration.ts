import { GoError } from './go-error.ts'
import { quoteGo } from './quote.ts'

const UNIT_NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
}

/** time.ParseDuration: nanoseconds. Throws `GoError` in its words. */
export function parseDuration(text: string): number {
  const quoted = quoteGo(text)
  const sign = text.startsWith('-') ? -1 : 1
  let rest = text.replace(/^[+-]/, '')
  if (rest === '0') return 0
  if (rest === '') throw new GoError(`time: invalid duration ${quoted}`)
  let total = 0
  while (rest !== '') {
    const number = /^(\d*)(\.\d*)?/.exec(rest)?.[0] ?? ''
    if (number === '' || number === '.') throw new GoError(`time: invalid duration ${quoted}`)
    rest = rest.slice(number.length)
    const unit = /^[^.\d]*/.exec(rest)?.[0] ?? ''
    if (unit === '') throw new GoError(`time: missing unit in duration ${quoted}`)
    const unitNs = UNIT_NS[unit]
    if (unitNs === undefined) throw new GoError(`time: unknown unit ${quoteGo(unit)} in duration ${quoted}`)
    total += Number(number) * unitNs
    rest = rest.slice(unit.length)
  }
  return sign * Math.trunc(total)
}

/** `time.Duration.String`: `1h0m0s`, `100ms`, `0s`. */
export function formatDuration(durationNs: number): string {
  const size = Math.abs(durationNs)
  const sign = durationNs < 0 ? '-' : ''
  if (size === 0) return '0s'
  if (size < 1e3) return `${sign}${size}ns`
  if (size < 1e6) return `${sign}${size / 1e3}µs`
  if (size < 1e9) return `${sign}${size / 1e6}ms`
  const minutes = Math.floor(size / 60e9)
  const seconds = (size - minutes * 60e9) / 1e9
  if (minutes === 0) return `${sign}${seconds}s`
  return minutes < 60
    ? `${sign}${minutes}m${seconds}s`
    : `${sign}${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}s`
}

/** A text type that holds a duration. */
export const normalizeDuration = (text: string): string => formatDuration(parseDuration(text))
