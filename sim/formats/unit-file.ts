/** One assignment of a unit file, with the line that it ends on. */
export interface Assignment {
  readonly section: string
  /** The line of the section's header. */
  readonly sectionLine: number
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
 * systemd.syntax(7), config_parse() of src/shared/conf-parser.c: sections, assignments, lines of `#` and `;`, also in
 * the middle of an assignment; a backslash at the end of a line is a blank, and the next line goes on.
 */
export function parseUnitFile(text: string): UnitFile {
  const assignments: Assignment[] = []
  const warnings: UnitFileWarning[] = []
  let section = ''
  let sectionLine = 0
  for (const { text: line, number } of logicalLines(text)) {
    const header = /^\[(.*)\]$/.exec(line)
    const at = line.indexOf('=')
    if (header !== null) {
      section = header[1] ?? ''
      sectionLine = number
    } else if (section === '')
      warnings.push({ line: number, message: 'Assignment outside of section. Ignoring.' })
    else if (at < 0) warnings.push({ line: number, message: `Missing '=', ignoring line.` })
    else if (at === 0) warnings.push({ line: number, message: `Missing key name before '=', ignoring line.` })
    else {
      const key = line.slice(0, at).trim()
      assignments.push({ section, sectionLine, key, value: line.slice(at + 1).trim(), line: number })
    }
  }
  return { assignments, warnings }
}

function logicalLines(text: string): readonly { readonly text: string; readonly number: number }[] {
  const lines: { text: string; number: number }[] = []
  let pending = ''
  for (const [index, raw] of text.split('\n').entries()) {
    if (/^\s*[#;]/.test(raw)) continue
    const whole = pending + raw
    if (/(?:^|[^\\])(?:\\\\)*\\$/.test(raw)) {
      pending = `${whole.slice(0, -1)} `
      continue
    }
    pending = ''
    if (whole.trim() !== '') lines.push({ text: whole.trim(), number: index + 1 })
  }
  if (pending.trim() !== '') lines.push({ text: pending.trim(), number: text.split('\n').length })
  return lines
}

/** A boolean as systemd reads it; undefined when it is none. */
export function parseBoolean(text: string): boolean | undefined {
  if (/^(?:1|yes|y|true|t|on)$/i.test(text)) return true
  return /^(?:0|no|n|false|f|off)$/i.test(text) ? false : undefined
}

const UNIT_NS: Readonly<Record<string, number>> = {
  us: 1e3,
  usec: 1e3,
  µs: 1e3,
  ms: 1e6,
  msec: 1e6,
  s: 1e9,
  sec: 1e9,
  second: 1e9,
  seconds: 1e9,
  m: 60e9,
  min: 60e9,
  minute: 60e9,
  minutes: 60e9,
  h: 3600e9,
  hr: 3600e9,
  hour: 3600e9,
  hours: 3600e9,
  d: 86_400e9,
  day: 86_400e9,
  days: 86_400e9,
  w: 604_800e9,
  week: 604_800e9,
  weeks: 604_800e9,
}

/** A time span of systemd.time(7) in nanoseconds, a bare number being seconds; undefined when it is none. */
export function parseTimeSpanNs(text: string): number | undefined {
  if (text.trim() === 'infinity') return Number.POSITIVE_INFINITY
  if (!/^(?:\s*\d+(?:\.\d+)?\s*[a-zµ]*\s*)+$/i.test(text)) return undefined
  let total = 0
  for (const [, number = '0', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-zµ]*)/gi)) {
    const factor = UNIT_NS[unit === '' ? 's' : unit]
    if (factor === undefined) return undefined
    total += Number(number) * factor
  }
  return total
}

/** A quote that nothing closes. */
export class UnbalancedQuote extends Error {
  override readonly name = 'UnbalancedQuote'
}

/**
 * Words of a setting, as extract_first_word() of src/basic/extract-word.c takes them: white space parts them, quotes
 * keep them together wherever they stand, backslashes are those of C.
 */
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
    else if (quote === '' && (character === '"' || character === "'")) {
      quote = character
      word ??= ''
    } else if (character === '\\' && at + 1 < text.length) {
      const { value, length } = unescapeOne(text.slice(at + 1))
      word = (word ?? '') + value
      at += length
    } else word = (word ?? '') + character
  }
  if (quote !== '') throw new UnbalancedQuote(text)
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
  '\\': '\\',
  '"': '"',
  "'": "'",
}

/** cunescape_one() of src/basic/escape.c; an escape that it does not know stays as it is, with its backslash. */
function unescapeOne(rest: string): { readonly value: string; readonly length: number } {
  const numeric = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))/.exec(rest)
  if (numeric !== null) {
    const [whole, hex, short, long, octal] = numeric
    const code =
      octal === undefined ? Number.parseInt(hex ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8)
    return { value: String.fromCodePoint(code), length: whole.length }
  }
  const letter = rest.charAt(0)
  return { value: ESCAPES[letter] ?? `\\${letter}`, length: 1 }
}
