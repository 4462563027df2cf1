import { quoteGo } from './go-toml/quote.ts'

/** logrus's levels, the most urgent first. */
const LEVELS = ['panic', 'fatal', 'error', 'warning', 'info', 'debug', 'trace'] as const
export type Level = (typeof LEVELS)[number]

/** `logrus.ParseLevel`. */
export function parseLevel(text: string): Level | undefined {
  const name = text.toLowerCase()
  return name === 'warn' ? 'warning' : LEVELS.find(level => level === name)
}

export interface LogOptions {
  readonly write: (line: string) => void
  /** Seconds since the epoch. */
  readonly now: () => number
}

/** A duration, which the two formats show each in its way. */
export interface DurationField {
  readonly text: string
  readonly nanoseconds: number
}

/** The fields of a line beside its message. */
export type LogFields = Readonly<Record<string, string | number | DurationField>>

const textOf = (value: LogFields[string]): string => (typeof value === 'object' ? value.text : String(value))

const jsonOf = (value: LogFields[string]): string | number =>
  typeof value === 'object' ? value.nanoseconds : value

/** A logger of logrus, as containerd sets it up once its configuration is read. */
export class Log {
  readonly #options: LogOptions
  level: Level = 'info'
  format: 'text' | 'json' = 'text'
  /** Until the format is set: time without fractions. */
  hasFractions = false

  constructor(options: LogOptions) {
    this.#options = options
  }

  write(level: Level, message: string, fields: LogFields = {}): void {
    if (LEVELS.indexOf(level) > LEVELS.indexOf(this.level)) return
    const time = formatRfc3339(this.#options.now(), this.hasFractions ? 9 : 0)
    this.#options.write(
      this.format === 'json'
        ? jsonLine({ ...fields, level, msg: message, time })
        : textLine([
            ['time', time],
            ['level', level],
            ['msg', message],
            ...sortEntries(fields).map(([key, value]) => [key, textOf(value)] as const),
          ]),
    )
  }

  info(message: string, fields?: LogFields): void {
    this.write('info', message, fields)
  }

  warn(message: string, fields?: LogFields): void {
    this.write('warning', message, fields)
  }
}

const sortEntries = (fields: LogFields): [string, LogFields[string]][] =>
  Object.entries(fields).sort(([left], [right]) => (left < right ? -1 : 1))

/** TextFormatter without a terminal: quoted unless every rune is harmless (`needsQuoting`). */
const textLine = (entries: readonly (readonly [string, string])[]): string =>
  `${entries
    .map(([key, value]) => `${key}=${/^[A-Za-z0-9\-._/@^+]*$/.test(value) ? value : quoteGo(value)}`)
    .join(' ')}\n`

/** encoding/json, which escapes what could end a script element. */
const jsonLine = (fields: LogFields): string =>
  `${JSON.stringify(
    Object.fromEntries(sortEntries(fields).map(([key, value]) => [key, jsonOf(value)])),
  ).replace(/[<>&\u2028\u2029]/g, rune => `\\u${rune.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`

/** Seconds since the epoch as RFC 3339 in UTC, with a fixed number of decimals. */
export function formatRfc3339(seconds: number, decimals: number): string {
  const whole = Math.floor(seconds)
  const { year, month, day } = civilDate(Math.floor(whole / 86_400))
  const ofDay = whole - Math.floor(whole / 86_400) * 86_400
  const two = (value: number): string => String(value).padStart(2, '0')
  const clock = [Math.floor(ofDay / 3600), Math.floor(ofDay / 60) % 60, ofDay % 60].map(two).join(':')
  const fraction =
    decimals === 0 ? '' : `.${String(Math.floor((seconds - whole) * 1e9)).padStart(decimals, '0')}`
  return `${year}-${two(month)}-${two(day)}T${clock}${fraction}Z`
}

/** The proleptic Gregorian date of a day since 1970-01-01 (Howard Hinnant's days_from_civil, inverted). */
function civilDate(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const ofEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  )
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  }
}
