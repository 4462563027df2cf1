import { Unsimulated } from '../../src/host/host.ts'
import { daysFromCivil } from './strftime.ts'

const UNITS: Readonly<Record<string, number>> = {
  sec: 1,
  second: 1,
  min: 60,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  fortnight: 1_209_600,
}

/**
 * A date as `date -d` takes it: `@N`, ISO 8601, `now`, `today`, `yesterday`, `tomorrow`, and offsets like
 * `2 days ago`. Undefined where it is none; what gnulib's parse-datetime knows beyond is `Unsimulated`.
 */
export function parseDate(text: string, now: number): number | undefined {
  const epoch = /^@(-?\d+(?:\.\d+)?)$/.exec(text.trim())?.[1]
  if (epoch !== undefined) return Number(epoch)
  const words = text.trim().toLowerCase()
  const absolute =
    /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?\s*(z|utc|gmt|[-+]\d{2}:?\d{2})?$/.exec(
      words,
    )
  if (absolute !== null) return absoluteSeconds(absolute)
  const named: Readonly<Record<string, number>> = {
    '': 0,
    now: 0,
    today: 0,
    yesterday: -86_400,
    tomorrow: 86_400,
  }
  if (Object.hasOwn(named, words))
    return words === '' ? Math.floor(now / 86_400) * 86_400 : now + (named[words] ?? 0)
  const offset = /^(?:now\s+)?([-+]?\s*\d+)\s*([a-z]+?)s?(\s+ago)?$/.exec(words)
  const unit = UNITS[offset?.[2] ?? '']
  if (offset !== null && unit !== undefined) {
    const count = Number((offset[1] ?? '').replace(/\s/g, ''))
    return now + count * unit * (offset[3] === undefined ? 1 : -1)
  }
  if (/\d|mon|tue|wed|thu|fri|sat|sun|next|last|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec/.test(words))
    throw new Unsimulated('date', `the date ${text}`)
  return undefined
}

function absoluteSeconds(match: RegExpExecArray): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(part => Number(part ?? 0))
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60)
    return undefined
  const zone = /([-+])(\d{2}):?(\d{2})/.exec(match[7] ?? '')
  const shift =
    zone === null ? 0 : (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 3600 + Number(zone[3]) * 60)
  return daysFromCivil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - shift
}
