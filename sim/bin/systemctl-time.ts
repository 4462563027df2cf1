const MINUTE = 60e6
const HOUR = 3600e6
const DAY = 86_400e6
const WEEK = 7 * DAY
const MONTH = 2_629_800e6
const YEAR = 31_557_600e6

const UNITS: readonly (readonly [suffix: string, us: number])[] = [
  ['y', YEAR],
  ['month', MONTH],
  ['w', WEEK],
  ['d', DAY],
  ['h', HOUR],
  ['min', MINUTE],
  ['s', 1e6],
  ['ms', 1e3],
  ['us', 1],
]

/** format_timespan() of src/basic/time-util.c: microseconds in words, no finer than `accuracyUs`. */
export function timeSpan(us: number, accuracyUs = 1): string {
  if (us <= 0) return '0'
  const words: string[] = []
  let rest = Math.floor(us)
  for (const [suffix, size] of UNITS) {
    if (rest <= 0 || (rest < accuracyUs && words.length > 0)) break
    if (rest < size) continue
    const [whole, part] = [Math.floor(rest / size), rest % size]
    const digits = Math.round(Math.log10(size / accuracyUs))
    if (rest < MINUTE && part > 0 && digits > 0) {
      const fraction = String(Math.floor(part / accuracyUs)).padStart(digits, '0')
      return [...words, `${whole}.${fraction}${suffix}`].join(' ')
    }
    words.push(`${whole}${suffix}`)
    rest = part
  }
  return words.join(' ')
}

/** format_timestamp_relative() of src/basic/time-util.c, of a moment so many microseconds ago. */
export function relativeTime(elapsedUs: number): string {
  const us = Math.floor(elapsedUs)
  if (us <= 0) return 'now'
  return `${roughly(us)} ago`
}

function roughly(us: number): string {
  const of = (size: number, within = Number.POSITIVE_INFINITY): number => Math.floor((us % within) / size)
  const word = (count: number, name: string): string => `${count} ${name}${count === 1 ? '' : 's'}`
  if (us >= YEAR) return `${word(of(YEAR), 'year')} ${word(of(MONTH, YEAR), 'month')}`
  if (us >= MONTH) return `${word(of(MONTH), 'month')} ${word(of(DAY, MONTH), 'day')}`
  if (us >= WEEK) return `${word(of(WEEK), 'week')} ${word(of(DAY, WEEK), 'day')}`
  if (us >= 2 * DAY) return `${of(DAY)} days`
  if (us >= 25 * HOUR) return `1 day ${Math.floor((us - DAY) / HOUR)}h`
  if (us >= 6 * HOUR) return `${of(HOUR)}h`
  if (us >= HOUR) return `${of(HOUR)}h ${of(MINUTE, HOUR)}min`
  if (us >= 5 * MINUTE) return `${of(MINUTE)}min`
  if (us >= MINUTE) return `${of(MINUTE)}min ${of(1e6, MINUTE)}s`
  if (us >= 1e6) return `${of(1e6)}s`
  return us >= 1e3 ? `${of(1e3)}ms` : `${us}us`
}
