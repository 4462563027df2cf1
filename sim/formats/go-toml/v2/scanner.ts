import { Unsimulated } from '../../../../src/host/host.ts'
import { DecodeError, fromBytes, showByte } from './document.ts'

const isControl = (byte: string): boolean => (byte < ' ' && byte !== '\t') || byte === '\x7f'

/** The place in a document, and what single pieces of it are: the lower half of go-toml's unstable/parser.go. */
export class Scanner {
  readonly document: string
  at = 0

  constructor(document: string) {
    this.document = document
  }

  peek(ahead = 0): string {
    return this.document[this.at + ahead] ?? ''
  }

  follows(text: string): boolean {
    return this.document.startsWith(text, this.at)
  }

  /** Throws; at the end of the document the last byte is what is wrong. */
  fail(message: string, offset = this.at): never {
    const { length } = this.document
    throw new DecodeError(message, offset >= length && length > 0 ? length - 1 : offset)
  }

  skipSpaces(): void {
    while (this.peek() === ' ' || this.peek() === '\t') this.at++
  }

  /** A line's end, if one is here. */
  takeNewline(): boolean {
    if (this.follows('\r\n')) this.at += 2
    else if (this.peek() === '\n') this.at++
    else if (this.peek() === '\r') this.fail(`expected newline but got ${showByte('\r')}`)
    else return false
    return true
  }

  takeComment(): void {
    this.at++
    for (; this.peek() !== '' && this.peek() !== '\n' && !this.follows('\r\n'); this.at++) {
      if (this.peek() === '\r') this.fail('carriage returns are not allowed in comments')
      if (isControl(this.peek())) this.fail('control characters are not allowed in comments')
    }
  }

  /** A quoted string of any kind, its content. */
  takeString(): string {
    const quote = this.peek()
    const isMultiline = this.follows(quote.repeat(3))
    return isMultiline ? this.#takeMultiline(quote) : this.takeLine(quote)
  }

  /** A string on one line, or a quoted key. */
  takeLine(quote: string): string {
    const kind = quote === '"' ? 'basic' : 'literal'
    this.at++
    let content = ''
    for (;;) {
      const byte = this.peek()
      if (byte === '') return this.fail(`unterminated ${kind} string`)
      if (byte === quote) break
      if (byte === '\n' || byte === '\r') this.fail(`${kind} strings cannot have new lines`)
      if (isControl(byte)) this.fail(`${kind} strings cannot have control characters`)
      content += byte === '\\' && quote === '"' ? this.#takeEscape() : this.#take()
    }
    this.at++
    return checkedText(content)
  }

  #take(): string {
    return this.document[this.at++] ?? ''
  }

  #takeMultiline(quote: string): string {
    const kind = quote === '"' ? 'basic' : 'literal'
    this.at += 3
    this.takeFirstNewline()
    let content = ''
    for (;;) {
      const byte = this.peek()
      if (byte === '') return this.fail(`multiline ${kind} string not terminated by ${quote.repeat(3)}`)
      if (byte === quote) {
        const start = this.at
        while (this.peek() === quote) this.at++
        const count = this.at - start
        if (count > 5) this.fail(`too many quotes at the end of a multiline ${kind} string`, start)
        if (count >= 3) return checkedText(content + quote.repeat(count - 3))
        content += quote.repeat(count)
      } else if (byte === '\\' && quote === '"') content += this.#takeMultilineEscape()
      else content += this.#takeMultilineByte(kind)
    }
  }

  takeFirstNewline(): void {
    if (this.peek() === '\n') this.at++
    else if (this.follows('\r\n')) this.at += 2
  }

  #takeMultilineByte(kind: string): string {
    const byte = this.peek()
    if (this.follows('\r\n')) {
      this.at += 2
      return '\r\n'
    }
    if (byte === '\r') this.fail('carriage returns must be followed by a newline character')
    if (byte !== '\n' && isControl(byte))
      this.fail(`multiline ${kind} strings cannot have control characters`)
    return this.#take()
  }

  /** A backslash before the end of a line takes the white space that follows along. */
  #takeMultilineEscape(): string {
    const fold = /\\[ \t]*\r?\n(?:[ \t\n]|\r\n)*/y
    fold.lastIndex = this.at
    const [folded] = fold.exec(this.document) ?? []
    if (folded === undefined) return this.#takeEscape()
    this.at += folded.length
    return ''
  }

  #takeEscape(): string {
    const start = this.at
    this.at++
    const letter = this.#take()
    if (letter === '') this.fail('need a character after \\', start)
    const simple = ESCAPES[letter]
    if (simple !== undefined) return simple
    const length = { x: 2, u: 4, U: 8 }[letter]
    if (length === undefined) return this.fail(`invalid escape character ${showByte(letter)}`, start)
    return this.#takeCodePoint(start, length)
  }

  #takeCodePoint(start: number, length: number): string {
    const digits = this.document.slice(this.at, this.at + length)
    if (digits.length < length) this.fail('unicode escape sequence is too short', start)
    const bad = digits.search(/[^0-9a-fA-F]/)
    if (bad >= 0) this.fail('invalid hexadecimal digit in unicode escape sequence', this.at + bad)
    this.at += length
    const code = Number.parseInt(digits, 16)
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      this.fail('escape sequence is not a valid unicode code point', start)
    }
    return Array.from(new TextEncoder().encode(String.fromCodePoint(code)), byte =>
      String.fromCharCode(byte),
    ).join('')
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  e: '\x1b',
}

/** The text of a string's bytes. */
function checkedText(bytes: string): string {
  const text = fromBytes(bytes)
  if (!text.isWellFormed()) throw new Unsimulated('containerd', 'a configuration file that is not UTF-8')
  return text
}
