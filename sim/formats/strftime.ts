import { Unsimulated } from '../../src/host/host.ts'

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const

/** A moment, taken apart in UTC: the host's time zone. */
export interface BrokenDownTime {
  readonly seconds: number
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly weekday: number
  readonly yearday: number
}

const SECONDS_A_DAY = 86_400

/** gmtime(3), by the proleptic Gregorian calendar. */
export function gmtime(seconds: number): BrokenDownTime {
  const days = Math.floor(seconds / SECONDS_A_DAY)
  const rest = Math.floor(seconds) - days * SECONDS_A_DAY
  const { year, month, day } = civilFromDays(days)
  return {
    seconds,
    year,
    month,
    day,
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    weekday: (((days + 4) % 7) + 7) % 7,
    yearday: days - daysFromCivil(year, 1, 1) + 1,
  }
}

/** Days since the epoch of a date. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  )
}

function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

const two = (value: number): string => String(value).padStart(2, '0')

const SPECIFIERS: Readonly<Record<string, (time: BrokenDownTime) => string>> = {
  a: time => (DAYS[time.weekday] ?? '').slice(0, 3),
  A: time => DAYS[time.weekday] ?? '',
  b: time => (MONTHS[time.month - 1] ?? '').slice(0, 3),
  B: time => MONTHS[time.month - 1] ?? '',
  C: time => two(Math.floor(time.year / 100)),
  d: time => two(time.day),
  e: time => String(time.day).padStart(2),
  H: time => two(time.hour),
  I: time => two(((time.hour + 11) % 12) + 1),
  j: time => String(time.yearday).padStart(3, '0'),
  k: time => String(time.hour).padStart(2),
  l: time => String(((time.hour + 11) % 12) + 1).padStart(2),
  m: time => two(time.month),
  M: time => two(time.minute),
  n: () => '\n',
  N: time => String(Math.round((time.seconds - Math.floor(time.seconds)) * 1e9)).padStart(9, '0'),
  p: time => (time.hour < 12 ? 'AM' : 'PM'),
  s: time => String(Math.floor(time.seconds)),
  S: time => two(time.second),
  t: () => '\t',
  u: time => String(time.weekday || 7),
  w: time => String(time.weekday),
  y: time => two(time.year % 100),
  Y: time => String(time.year),
  z: () => '+0000',
  Z: () => 'UTC',
}

const COMPOUND: Readonly<Record<string, string>> = {
  c: '%a %b %e %H:%M:%S %Y',
  D: '%m/%d/%y',
  F: '%Y-%m-%d',
  h: '%b',
  r: '%I:%M:%S %p',
  R: '%H:%M',
  T: '%H:%M:%S',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
}

/** strftime(3) in the C locale and UTC, with GNU's `%-d`, `%N`, `%3N`, `%:z`. */
export function strftime(format: string, seconds: number): string {
  const time = gmtime(seconds)
  return format.replace(
    /%([-_0^]?)(\d*)(:*)([A-Za-z%])/g,
    (whole, flag: string, width: string, colons: string, letter: string) => {
      if (letter === '%') return '%'
      if (letter === 'z' && colons === ':') return '+00:00'
      const compound = COMPOUND[letter]
      if (compound !== undefined) return strftime(compound, seconds)
      const text = SPECIFIERS[letter]?.(time)
      if (text === undefined) throw new Unsimulated('strftime(3)', `the conversion ${whole}`)
      if (letter === 'N' && width !== '') return text.slice(0, Number(width))
      if (flag === '-') return text.replace(/^[0 ]+(?=.)/, '')
      if (flag === '^') return text.toUpperCase()
      if (flag === '_') return text.replace(/^0+(?=.)/, zeros => ' '.repeat(zeros.length))
      return text
    },
  )
}
