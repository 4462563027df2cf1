import type { RegexDialect } from '../../formats/regex/parse.ts'
import { Regex } from '../../formats/regex/regex.ts'

const MAWK: RegexDialect = {
  name: 'awk',
  isBasic: false,
  hasIntervals: false,
  hasGnuEscapes: false,
  hasCEscapes: true,
  isEmptyRefused: true,
}

const known = new Map<string, Regex>()

/** A regular expression of mawk's; throws `RegexError`. */
export function regexOf(source: string, hasIntervals: boolean): Regex {
  const key = `${hasIntervals}${source}`
  const regex = known.get(key) ?? new Regex(source, { ...MAWK, hasIntervals })
  known.set(key, regex)
  if (known.size > 500) known.clear()
  return regex
}

/** FS, RS and the third argument of split(): one character is itself, but for a blank (cast_for_split() of cast.c). */
export const separatorSource = (text: string): string =>
  text.length === 1 && /[\^$.*+?|[\](){}]/.test(text) ? `\\${text}` : text

/** The pieces of a text between matches that are not empty (re_split() of split.c). */
export function splitByRegex(text: string, regex: Regex): readonly string[] {
  const pieces: string[] = []
  let start = 0
  for (let from = 0; from < text.length; ) {
    const found = regex.find(text, from)
    if (found === undefined) break
    from = Math.max(found.end, from + 1)
    if (found.end === found.start) {
      from = found.end + 1
      continue
    }
    pieces.push(text.slice(start, found.start))
    start = found.end
  }
  return [...pieces, text.slice(start)]
}

/** The pieces of a text by FS or what split() was given; `' '` is blanks, `''` characters. */
export function splitText(text: string, separator: string | Regex, hasIntervals: boolean): readonly string[] {
  if (text === '') return []
  if (separator === ' ') return text.split(/[ \t\n\v\f\r]+/).filter(piece => piece !== '')
  if (separator === '') return text.split('')
  const regex = typeof separator === 'string' ? regexOf(separatorSource(separator), hasIntervals) : separator
  return splitByRegex(text, regex)
}

/** The text that takes a match's place: `&` is the match, `\&` is `&`. */
export function replacement(text: string, match: string, isKeepingBackslashes: boolean): string {
  return text.replace(/(\\*)(&?)/g, (_, slashes: string, ampersand: string) => {
    const half = slashes.slice(0, Math.floor(slashes.length / 2))
    const isOdd = slashes.length % 2 === 1
    if (ampersand === '') return isKeepingBackslashes ? slashes : half + (isOdd ? '\\' : '')
    return half + (isOdd ? '&' : match)
  })
}
