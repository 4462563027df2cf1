import { GoError } from './go-error.ts'
import { isBareKeyRune, isSpace } from './token.ts'

/** The parts of a dotted key (keysparsing.go). Escapes in quotes are kept as they stand. Throws `GoError`. */
export function parseKey(key: string): string[] {
  if (key === '') throw new GoError('empty key')
  const runes = Array.from(key)
  const parts: string[] = []
  let at = 0
  while (at < runes.length) {
    while (isSpace(runes[at] ?? '')) at++
    const rune = runes[at]
    if (rune === undefined) break
    if (rune === '.') at = afterDot(runes, at + 1)
    else {
      const part = isBareKeyRune(rune) ? barePart(runes, at) : quotedPart(runes, at)
      parts.push(part.text)
      at = part.end
    }
  }
  if (parts.length === 0) throw new GoError('empty key')
  return parts
}

function afterDot(runes: readonly string[], at: number): number {
  const rune = runes[at]
  if (rune === undefined) throw new GoError('unexpected end of key')
  if (!isBareKeyRune(rune) && !`'" `.includes(rune)) throw new GoError('expecting key part after dot')
  return at
}

function barePart(runes: readonly string[], start: number): { text: string; end: number } {
  let at = start
  while (isBareKeyRune(runes[at] ?? '')) at++
  const text = runes.slice(start, at).join('')
  const rune = runes[at]
  if (rune === undefined || rune === '.') return { text, end: at }
  if (!isSpace(rune)) throw new GoError(`invalid bare key character: ${rune}`)
  while (isSpace(runes[at] ?? '')) at++
  const next = runes[at]
  if (next !== undefined && next !== '.') throw new GoError(`invalid key character after whitespace: ${next}`)
  return { text, end: at }
}

function quotedPart(runes: readonly string[], start: number): { text: string; end: number } {
  const quote = runes[start] ?? ''
  if (quote !== '"' && quote !== "'") throw new GoError(`invalid key character: ${quote}`)
  const end = runes.indexOf(quote, start + 1)
  if (end < 0) throw new GoError(`unclosed ${quote === '"' ? 'double' : 'single'}-quoted key`)
  return { text: runes.slice(start + 1, end).join(''), end: end + 1 }
}
