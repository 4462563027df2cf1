import { type Cursor, EOF, show } from './cursor.ts'
import { isHexDigit } from './token.ts'

/** Skips the line end right after an opening `"""`. */
export function discardNewLine(cursor: Cursor): void {
  if (cursor.follows('\r\n')) {
    cursor.skip()
    cursor.skip()
  } else if (cursor.peek() === '\n') cursor.skip()
}

/** Up to a terminator, with no escapes. */
export function readLiteral(cursor: Cursor, terminator: string): string | { error: string } {
  let text = ''
  while (!cursor.follows(terminator)) {
    if (cursor.peek() === EOF) return { error: 'unclosed string' }
    text += cursor.next()
  }
  return text
}

/** Up to a terminator, escapes resolved. */
export function readString(
  cursor: Cursor,
  terminator: string,
  acceptNewLines: boolean,
): string | { error: string } {
  let text = ''
  do {
    if (cursor.follows(terminator)) return text
    const rune = cursor.peek()
    if (rune === '\\') {
      const escaped = readEscape(cursor)
      if (typeof escaped !== 'string') return escaped
      text += escaped
      continue
    }
    const isNewLine = rune === '\n' || rune === '\r'
    if (rune !== EOF && rune <= '\x1f' && rune !== '\t' && !(acceptNewLines && isNewLine)) {
      const code = (rune.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
      return { error: `unescaped control character U+${code}` }
    }
    text += show(cursor.next())
  } while (cursor.peek() !== EOF)
  return { error: 'unclosed string' }
}

function readEscape(cursor: Cursor): string | { error: string } {
  cursor.next()
  const rune = cursor.peek()
  if ('\r\n\t '.includes(rune) && rune !== EOF) {
    while (cursor.peek() !== EOF && '\r\n\t '.includes(cursor.peek())) cursor.next()
    return ''
  }
  const simple: Readonly<Record<string, string>> = {
    '"': '"',
    n: '\n',
    b: '\b',
    f: '\f',
    '/': '/',
    t: '\t',
    r: '\r',
    '\\': '\\',
  }
  const character = simple[rune]
  if (character !== undefined) {
    cursor.next()
    return character
  }
  if (rune === 'u') return readUnicode(cursor, 4)
  if (rune === 'U') return readUnicode(cursor, 8)
  return { error: `invalid escape sequence: \\${show(rune)}` }
}

function readUnicode(cursor: Cursor, digits: number): string | { error: string } {
  cursor.next()
  let code = ''
  for (let read = 0; read < digits; read++) {
    if (!isHexDigit(cursor.peek())) return { error: 'unfinished unicode escape' }
    code += cursor.next()
  }
  const point = Number.parseInt(code, 16)
  const isRune = point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)
  return isRune ? String.fromCodePoint(point) : '\uFFFD'
}
