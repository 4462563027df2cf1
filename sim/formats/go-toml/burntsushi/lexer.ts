/** What the lexer makes of a document: a kind, its text, the line where it ends. */
export interface Item {
  readonly kind: ItemKind
  readonly text: string
  readonly line: number
}

export type ItemKind =
  | 'error'
  | 'EOF'
  | 'text'
  | 'string'
  | 'raw string'
  | 'multiline string'
  | 'raw multiline string'
  | 'bool'
  | 'integer'
  | 'float'
  | 'datetime'
  | 'array'
  | 'array end'
  | 'table'
  | 'table end'
  | 'array table'
  | 'array table end'
  | 'key'
  | 'inline table'
  | 'inline table end'

const EOF = '\0'
const isSpace = (rune: string): boolean => rune === ' ' || rune === '\t'
const isNewline = (rune: string): boolean => rune === '\n' || rune === '\r'
const isDigit = (rune: string): boolean => /^[0-9]$/.test(rune)
const isBareKeyRune = (rune: string): boolean => /^[A-Za-z0-9_-]$/.test(rune)
const isLetter = (rune: string): boolean => /^\p{L}$/u.test(rune)

class LexError extends Error {}

/** The items of a document as github.com/BurntSushi/toml 0.3 lexes them (lex.go); an `error` ends them. */
export function* lex(document: string): Generator<Item, void> {
  const lexer = new Lexer(document)
  try {
    yield* lexer.top()
  } catch (error) {
    if (!(error instanceof LexError)) throw error
    yield { kind: 'error', text: error.message, line: lexer.line }
  }
}

class Lexer {
  line = 1
  readonly #runes: readonly string[]
  #at = 0
  #start = 0

  constructor(document: string) {
    this.#runes = Array.from(document)
  }

  #next(): string {
    const rune = this.#runes[this.#at++] ?? EOF
    if (rune === '\n') this.line++
    return rune
  }

  #peek(ahead = 0): string {
    return this.#runes[this.#at + ahead] ?? EOF
  }

  #ignore(): void {
    this.#start = this.#at
  }

  #fail(message: string): never {
    throw new LexError(message)
  }

  #item(kind: ItemKind, text = this.#runes.slice(this.#start, this.#at).join('')): Item {
    this.#ignore()
    return { kind, text, line: this.line }
  }

  #skipSpaces(isAlso: (rune: string) => boolean = () => false): void {
    while (isSpace(this.#peek()) || isAlso(this.#peek())) this.#next()
    this.#ignore()
  }

  #takeComment(): void {
    while (!isNewline(this.#peek()) && this.#peek() !== EOF) this.#next()
    this.#ignore()
  }

  *top(): Generator<Item, void> {
    for (;;) {
      this.#skipSpaces(isNewline)
      const rune = this.#peek()
      if (rune === EOF && this.#at >= this.#runes.length) break
      if (rune === '#') this.#takeComment()
      else {
        if (rune === '[') yield* this.#table()
        else yield* this.#keyValue()
        this.#endLine()
      }
    }
    yield this.#item('EOF', '')
  }

  #endLine(): void {
    this.#skipSpaces()
    const rune = this.#peek()
    if (rune === '#') this.#takeComment()
    else if (this.#at < this.#runes.length) {
      this.#next()
      if (!isNewline(rune)) {
        this.#fail(
          `expected a top-level item to end with a newline, comment, or EOF, but got ${quoteRune(rune)} instead`,
        )
      }
      this.#ignore()
    }
  }

  *#table(): Generator<Item, void> {
    this.#next()
    const isArray = this.#peek() === '['
    if (isArray) this.#next()
    yield this.#item(isArray ? 'array table' : 'table')
    for (;;) {
      yield* this.#tableName()
      this.#skipSpaces()
      const rune = this.#next()
      if (rune === ']') break
      if (rune !== '.')
        this.#fail(`expected '.' or ']' to end table name, but got ${quoteRune(rune)} instead`)
      this.#ignore()
    }
    if (isArray) {
      const rune = this.#next()
      if (rune !== ']') {
        this.#fail(`expected end of table array name delimiter ']', but got ${quoteRune(rune)} instead`)
      }
    }
    yield this.#item(isArray ? 'array table end' : 'table end')
  }

  *#tableName(): Generator<Item, void> {
    this.#skipSpaces()
    const rune = this.#peek()
    if (rune === ']' || rune === EOF) {
      this.#fail('unexpected end of table name (table names cannot be empty)')
    }
    if (rune === '.') this.#fail('unexpected table separator (table names cannot be empty)')
    if (rune === '"' || rune === "'") {
      yield* this.#value()
      return
    }
    while (isBareKeyRune(this.#peek())) this.#next()
    yield this.#item('text')
  }

  *#keyValue(): Generator<Item, void> {
    this.#skipSpaces(isNewline)
    const rune = this.#peek()
    if (rune === '=') this.#fail("unexpected key separator '='")
    yield this.#item('key', '')
    if (rune === '"' || rune === "'") yield* this.#value()
    else yield this.#bareKey()
    this.#skipSpaces()
    const separator = this.#next()
    if (separator !== '=') this.#fail(`expected key separator '=', but got ${quoteRune(separator)} instead`)
    this.#ignore()
    yield* this.#value()
  }

  #bareKey(): Item {
    for (;;) {
      const rune = this.#peek()
      if (isSpace(rune) || rune === '=') return this.#item('text')
      this.#next()
      if (!isBareKeyRune(rune)) this.#fail(`bare keys cannot contain ${quoteRune(rune)}`)
    }
  }

  *#value(): Generator<Item, void> {
    this.#skipSpaces()
    const rune = this.#peek()
    if (isDigit(rune)) yield this.#numberOrDate()
    else if (rune === '[') yield* this.#array()
    else if (rune === '{') yield* this.#inlineTable()
    else if (rune === '"' || rune === "'") yield this.#string(rune)
    else if (rune === '+' || rune === '-') yield this.#signedNumber()
    else if (rune === '.') this.#fail("floats must start with a digit, not '.'")
    else if (isLetter(rune)) yield this.#bool()
    else {
      this.#next()
      this.#fail(`expected value but found ${quoteRune(rune)} instead`)
    }
  }

  #bool(): Item {
    while (isLetter(this.#peek())) this.#next()
    const word = this.#runes.slice(this.#start, this.#at).join('')
    if (word !== 'true' && word !== 'false') this.#fail(`expected value but found "${word}" instead`)
    return this.#item('bool')
  }

  #signedNumber(): Item {
    this.#next()
    const rune = this.#next()
    if (rune === '.') this.#fail("floats must start with a digit, not '.'")
    if (!isDigit(rune)) this.#fail(`expected a digit but got ${quoteRune(rune)}`)
    return this.#number()
  }

  #numberOrDate(): Item {
    while (isDigit(this.#peek())) this.#next()
    if (this.#peek() !== '-') return this.#number()
    while (/^[0-9T:.Z+-]$/.test(this.#peek())) this.#next()
    return this.#item('datetime')
  }

  #number(): Item {
    while (/^[0-9_]$/.test(this.#peek())) this.#next()
    if (!/^[.eE]$/.test(this.#peek())) return this.#item('integer')
    while (/^[0-9_.eE+-]$/.test(this.#peek())) this.#next()
    return this.#item('float')
  }

  *#array(): Generator<Item, void> {
    this.#next()
    yield this.#item('array')
    for (let isAfterValue = false; ; ) {
      this.#skipSpaces(isNewline)
      const rune = this.#peek()
      if (rune === ']') break
      if (rune === '#') this.#takeComment()
      else if (!isAfterValue) {
        if (rune === ',') this.#fail('unexpected comma')
        yield* this.#value()
        isAfterValue = true
      } else {
        this.#next()
        if (rune !== ',') {
          this.#fail(`expected a comma or array terminator ']', but got ${quoteRune(rune)} instead`)
        }
        isAfterValue = false
      }
    }
    this.#next()
    yield this.#item('array end')
  }

  *#inlineTable(): Generator<Item, void> {
    this.#next()
    yield this.#item('inline table')
    for (let isAfterValue = false; ; ) {
      this.#skipSpaces()
      const rune = this.#peek()
      if (rune === '}') break
      if (isNewline(rune)) {
        this.#next()
        this.#fail('newlines not allowed within inline tables')
      }
      if (rune === '#') this.#takeComment()
      else if (!isAfterValue) {
        if (rune === ',') this.#fail('unexpected comma')
        yield* this.#keyValue()
        isAfterValue = true
      } else {
        this.#next()
        if (rune !== ',') {
          this.#fail(`expected a comma or an inline table terminator '}', but got ${quoteRune(rune)} instead`)
        }
        isAfterValue = false
      }
    }
    this.#next()
    yield this.#item('inline table end')
  }

  #string(quote: string): Item {
    const isMultiline = this.#peek(1) === quote && this.#peek(2) === quote
    const length = isMultiline ? 3 : 1
    for (let count = 0; count < length; count++) this.#next()
    this.#ignore()
    const closes = (): boolean =>
      Array.from({ length }, (_, ahead) => this.#peek(ahead)).every(rune => rune === quote)
    while (!closes()) this.#stringRune(quote, isMultiline)
    const kind = `${quote === '"' ? '' : 'raw '}${isMultiline ? 'multiline ' : ''}string` as ItemKind
    const item = this.#item(kind)
    for (let count = 0; count < length; count++) this.#next()
    this.#ignore()
    return item
  }

  #stringRune(quote: string, isMultiline: boolean): void {
    if (this.#at >= this.#runes.length) this.#fail('unexpected EOF')
    const rune = this.#next()
    if (!isMultiline && isNewline(rune)) this.#fail('strings cannot contain newlines')
    if (rune !== '\\' || quote !== '"') return
    const letter = this.#next()
    if (isMultiline && isNewline(letter)) return
    const digits = { u: 4, U: 8 }[letter]
    if (digits !== undefined) this.#unicodeEscape(letter, digits)
    else if (!/^[btnfr"\\]$/.test(letter)) {
      this.#fail(
        `invalid escape character ${quoteRune(letter)}; only the following escape characters are allowed: ` +
          '\\b, \\t, \\n, \\f, \\r, \\", \\\\, \\uXXXX, and \\UXXXXXXXX',
      )
    }
  }

  #unicodeEscape(letter: string, digits: number): void {
    for (let count = 0; count < digits; count++) {
      if (/^[0-9a-fA-F]$/.test(this.#next())) continue
      const text = this.#runes.slice(this.#start, this.#at).join('')
      const count = digits === 4 ? 'four' : 'eight'
      this.#fail(
        `expected ${count} hexadecimal digits after '\\${letter}', but got ${JSON.stringify(text)} instead`,
      )
    }
  }
}

/** `%q` of a rune. */
function quoteRune(rune: string): string {
  const escaped = { '\n': '\\n', '\r': '\\r', '\t': '\\t', "'": "\\'", '\\': '\\\\', '\0': '\\x00' }[rune]
  if (escaped !== undefined) return `'${escaped}'`
  const code = rune.codePointAt(0) ?? 0
  if (!/[\p{C}\p{Z}]/u.test(rune) || rune === ' ') return `'${rune}'`
  return code < 0x80
    ? `'\\x${code.toString(16).padStart(2, '0')}'`
    : `'\\u${code.toString(16).padStart(4, '0')}'`
}
