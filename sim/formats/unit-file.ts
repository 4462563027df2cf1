/** One assignment of a unit file, with the line that it starts on. */
export interface Assignment {
  readonly section: string
  readonly key: string
  readonly value: string
  readonly line: number
}

/** What a parser of systemd complains of, in its words, to be preceded by `FILE:LINE: `. */
export interface UnitFileWarning {
  readonly line: number
  readonly message: string
}

export interface UnitFile {
  readonly assignments: readonly Assignment[]
  readonly warnings: readonly UnitFileWarning[]
}

/**
 * systemd.syntax(7): sections, assignments, a backslash that goes on with the next line (a comment in between is
 * skipped), lines of `#` and `;`.
 */
export function parseUnitFile(text: string): UnitFile {
  const assignments: Assignment[] = []
  const warnings: UnitFileWarning[] = []
  let section = ''
  for (const { text: line, number } of logicalLines(text)) {
    const header = /^\[(.*)\]$/.exec(line)
    const at = line.indexOf('=')
    if (header !== null) section = header[1] ?? ''
    else if (section === '')
      warnings.push({ line: number, message: 'Assignment outside of section. Ignoring.' })
    else if (at <= 0) warnings.push({ line: number, message: `Missing '=', ignoring line.` })
    else
      assignments.push({
        section,
        key: line.slice(0, at).trim(),
        value: line.slice(at + 1).trim(),
        line: number,
      })
  }
  return { assignments, warnings }
}

function logicalLines(text: string): readonly { readonly text: string; readonly number: number }[] {
  const lines: { text: string; number: number }[] = []
  let pending: { text: string; number: number } | undefined
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line.startsWith('#') || line.startsWith(';') || (line === '' && pending === undefined)) continue
    const isContinued = line.endsWith('\\')
    const part = isContinued ? line.slice(0, -1) : line
    pending =
      pending === undefined
        ? { text: part, number: index + 1 }
        : { ...pending, text: `${pending.text} ${part}` }
    if (isContinued) continue
    lines.push({ ...pending, text: pending.text.trim() })
    pending = undefined
  }
  if (pending !== undefined) lines.push(pending)
  return lines
}

/** A boolean as systemd reads it; undefined when it is none. */
export function parseBoolean(text: string): boolean | undefined {
  if (/^(?:1|yes|y|true|t|on)$/i.test(text)) return true
  return /^(?:0|no|n|false|f|off)$/i.test(text) ? false : undefined
}

const UNIT_NS: Readonly<Record<string, number>> = {
  us: 1e3,
  ms: 1e6,
  s: 1e9,
  sec: 1e9,
  second: 1e9,
  seconds: 1e9,
  min: 60e9,
  m: 60e9,
  minute: 60e9,
  minutes: 60e9,
  h: 3600e9,
  hr: 3600e9,
  hour: 3600e9,
  hours: 3600e9,
  d: 86_400e9,
  day: 86_400e9,
  days: 86_400e9,
}

/** A time span of systemd.time(7) in nanoseconds, a bare number being seconds; undefined when it is none. */
export function parseTimeSpanNs(text: string): number | undefined {
  if (text.trim() === 'infinity') return Number.POSITIVE_INFINITY
  if (!/^(\s*\d+(\.\d+)?\s*[a-z]*\s*)+$/i.test(text)) return undefined
  let total = 0
  for (const [, number = '0', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)/gi)) {
    const factor = UNIT_NS[unit === '' ? 's' : unit]
    if (factor === undefined) return undefined
    total += Number(number) * factor
  }
  return total
}

/** Words of a list setting: white space parts them, quotes and backslashes keep them together (systemd.service(5)). */
export function splitWords(text: string): readonly string[] {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (quote === '' && /\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (character === quote) quote = ''
    else if (quote === '' && word === undefined && (character === '"' || character === "'")) {
      quote = character
      word = ''
    } else if (character === '\\' && at + 1 < text.length)
      word = (word ?? '') + unescapeOne(text.charAt(++at))
    else word = (word ?? '') + character
  }
  if (word !== undefined) words.push(word)
  return words
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  s: ' ',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
}

const unescapeOne = (character: string): string => ESCAPES[character] ?? character
