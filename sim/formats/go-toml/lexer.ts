import { isBareKeyRune, isDigit, isHexDigit, isSpace, type Token, type TokenKind } from './token.ts'

/** What go-toml's `peek` answers at the end; prints as U+FFFD. */
const EOF = ''

/** A state function: lexes one thing and names what follows; undefined ends the lexing. */
type State = (() => State) | undefined

const show = (rune: string): string => (rune === EOF ? '\uFFFD' : rune)

/**
 * The tokens of a TOML document as github.com/pelletier/go-toml 1.9 makes them (lexer.go), with its messages and its
 * leniency: an `Error` token ends them, and the parser may still fail before it gets there.
 */
export class Lexer {
  readonly tokens: Token[] = []
  readonly #input: readonly string[]
  #index = 0
  #start = 0
  #stop = 0
  readonly #brackets: ('[' | '{')[] = []
  #line = 1
  #column = 1
  #endLine = 1
  #endColumn = 1

  constructor(text: string) {
    this.#input = Array.from(text, rune => (rune.isWellFormed() ? rune : '\uFFFD'))
    let state: State = this.#void
    while (state !== undefined) state = state()
  }

  #peek(): string {
    return this.#input[this.#index] ?? EOF
  }

  #peekString(size: number): string {
    return this.#input.slice(this.#index, this.#index + size).join('')
  }

  #follows(text: string): boolean {
    return this.#peekString(text.length) === text
  }

  #next(): string {
    const rune = this.#peek()
    if (rune === '\n') {
      this.#endLine++
      this.#endColumn = 1
    } else this.#endColumn++
    this.#index++
    if (rune !== EOF) this.#stop++
    return rune
  }

  #forward(count: number): void {
    for (let done = 0; done < count; done++) this.#next()
  }

  #ignore(): void {
    this.#start = this.#stop
    this.#line = this.#endLine
    this.#column = this.#endColumn
  }

  #skip(): void {
    this.#next()
    this.#ignore()
  }

  #emit(kind: TokenKind, text = this.#input.slice(this.#start, this.#stop).join('')): void {
    this.tokens.push({ kind, text, position: { line: this.#line, column: this.#column } })
    this.#ignore()
  }

  #fail(message: string): undefined {
    this.tokens.push({
      kind: 'Error',
      text: message.replace(/%$/, '%!(NOVERB)'),
      position: { line: this.#line, column: this.#column },
    })
    return undefined
  }

  /** Between statements, and where an inline table wants a key. */
  readonly #void = (): State => {
    for (;;) {
      const rune = this.#peek()
      if (rune === '}') return this.#rightBrace
      if (rune === '[') return this.#tableKey
      if (rune === '#') return this.#comment(this.#void)
      if (rune === '=') return this.#equal
      if (rune === EOF) break
      if (rune === '\r' || rune === '\n' || isSpace(rune)) this.#skip()
      else return this.#key
    }
    this.#next()
    this.#emit('EOF')
    return undefined
  }

  readonly #value = (): State => {
    for (;;) {
      const rune = this.#peek()
      const state = this.#valueState(rune)
      if (state !== undefined) return state
      if (rune === '\r' || rune === '\n') {
        this.#skip()
        return this.#brackets.at(-1) === '[' ? this.#value : this.#void
      }
      if (rune === EOF) break
      if (!isSpace(rune)) {
        return this.#fail(rune === '.' ? 'cannot start float with a dot' : `no value can start with ${rune}`)
      }
      this.#skip()
    }
    this.#next()
    this.#emit('EOF')
    return undefined
  }

  #valueState(rune: string): State {
    const simple: Readonly<Record<string, State>> = {
      '=': this.#equal,
      '[': this.#leftBracket,
      ']': this.#rightBracket,
      '{': this.#leftBrace,
      '}': this.#rightBrace,
      '"': this.#string,
      "'": this.#literalString,
      ',': this.#comma,
      '+': this.#number,
      '-': this.#number,
    }
    if (rune === '#') return this.#comment(this.#value)
    if (simple[rune] !== undefined) return simple[rune]
    if (this.#follows('true')) return this.#word('True', 4)
    if (this.#follows('false')) return this.#word('False', 5)
    if (this.#follows('inf')) return this.#word('Inf', 3)
    if (this.#follows('nan')) return this.#word('NaN', 3)
    return isDigit(rune) ? this.#dateTimeOrNumber : undefined
  }

  #word(kind: TokenKind, length: number): State {
    return () => {
      this.#forward(length)
      this.#emit(kind)
      return this.#value
    }
  }

  readonly #comment =
    (previous: State): State =>
    () => {
      for (let rune = this.#peek(); rune !== '\n' && rune !== EOF; rune = this.#peek()) {
        if (rune === '\r' && this.#follows('\r\n')) break
        this.#next()
      }
      this.#ignore()
      return previous
    }

  readonly #equal = (): State => {
    this.#next()
    this.#emit('=')
    return this.#value
  }

  readonly #comma = (): State => {
    this.#next()
    this.#emit(',')
    return this.#brackets.at(-1) === '{' ? this.#void : this.#value
  }

  readonly #leftBrace = (): State => {
    this.#next()
    this.#emit('{')
    this.#brackets.push('{')
    return this.#void
  }

  readonly #rightBrace = (): State => {
    this.#next()
    this.#emit('}')
    if (this.#brackets.at(-1) !== '{') return this.#fail("cannot have '}' here")
    this.#brackets.pop()
    return this.#value
  }

  readonly #leftBracket = (): State => {
    this.#next()
    this.#emit('[')
    this.#brackets.push('[')
    return this.#value
  }

  readonly #rightBracket = (): State => {
    this.#next()
    this.#emit(']')
    if (this.#brackets.at(-1) !== '[') return this.#fail("cannot have ']' here")
    this.#brackets.pop()
    return this.#value
  }

  readonly #tableKey = (): State => {
    this.#next()
    if (this.#peek() === '[') {
      this.#next()
      this.#emit('[[')
      return this.#insideTableArrayKey
    }
    this.#emit('[')
    return this.#insideTableKey
  }

  readonly #insideTableArrayKey = (): State => {
    for (let rune = this.#peek(); rune !== EOF; rune = this.#peek()) {
      if (rune === '[') return this.#fail("table array key cannot contain ']'")
      if (rune === ']') {
        if (this.#stop > this.#start) this.#emit('KeyGroupArray')
        this.#next()
        if (this.#peek() !== ']') continue
        this.#next()
        this.#emit(']]')
        return this.#void
      }
      this.#next()
    }
    return this.#fail('unclosed table array key')
  }

  readonly #insideTableKey = (): State => {
    for (let rune = this.#peek(); rune !== EOF; rune = this.#peek()) {
      if (rune === '[') return this.#fail("table key cannot contain ']'")
      if (rune === ']') {
        if (this.#stop > this.#start) this.#emit('KeyGroup')
        this.#next()
        this.#emit(']')
        return this.#void
      }
      this.#next()
    }
    return this.#fail('unclosed table key')
  }

  /** A key of an assignment, its dots and quotes kept for `parseKey`. */
  readonly #key = (): State => {
    let text = ''
    for (let rune = this.#peek(); rune !== EOF && rune !== '='; rune = this.#peek()) {
      if (rune === '"' || rune === "'") {
        this.#next()
        const part = rune === '"' ? this.#readString('"', false, true) : this.#readLiteral("'", false)
        if (typeof part !== 'string') return this.#fail(part.error)
        text += `${rune}${part}${rune}`
        this.#next()
      } else if (rune === '\n') {
        return this.#fail('keys cannot contain new lines')
      } else if (isSpace(rune)) {
        const dotted = this.#spacesAroundDot()
        if (dotted === undefined) break
        text += dotted
      } else if (rune !== '.' && !isBareKeyRune(rune)) {
        return this.#fail(`keys cannot contain ${rune} character`)
      } else {
        text += rune
        this.#next()
      }
    }
    this.#emit('Key', text)
    return this.#void
  }

  /** The white space around a dot with the dot, or undefined when no dot follows: the end of the key. */
  #spacesAroundDot(): string | undefined {
    this.#next()
    const before = this.#spaces()
    if (this.#peek() !== '.') return undefined
    this.#next()
    return ` ${before}.${this.#spaces()}`
  }

  #spaces(): string {
    let text = ''
    while (isSpace(this.#peek())) text += this.#next()
    return text
  }

  readonly #string = (): State => this.#quoted('"')
  readonly #literalString = (): State => this.#quoted("'")

  #quoted(quote: string): State {
    this.#skip()
    const isTriple = this.#follows(quote + quote)
    if (isTriple) {
      this.#skip()
      this.#skip()
    }
    const terminator = isTriple ? quote.repeat(3) : quote
    const text =
      quote === '"'
        ? this.#readString(terminator, isTriple, isTriple)
        : this.#readLiteral(terminator, isTriple)
    if (typeof text !== 'string') return this.#fail(text.error)
    this.#emit('String', text)
    this.#forward(terminator.length)
    this.#ignore()
    return this.#value
  }

  #discardNewLine(): void {
    if (this.#follows('\r\n')) {
      this.#skip()
      this.#skip()
    } else if (this.#peek() === '\n') this.#skip()
  }

  #readLiteral(terminator: string, discardNewLine: boolean): string | { error: string } {
    if (discardNewLine) this.#discardNewLine()
    let text = ''
    while (!this.#follows(terminator)) {
      if (this.#peek() === EOF) return { error: 'unclosed string' }
      text += this.#next()
    }
    return text
  }

  #readString(
    terminator: string,
    discardNewLine: boolean,
    acceptNewLines: boolean,
  ): string | { error: string } {
    if (discardNewLine) this.#discardNewLine()
    let text = ''
    do {
      if (this.#follows(terminator)) return text
      const rune = this.#peek()
      if (rune === '\\') {
        const escaped = this.#readEscape()
        if (typeof escaped !== 'string') return escaped
        text += escaped
        continue
      }
      const isNewLine = rune === '\n' || rune === '\r'
      if (rune !== EOF && rune <= '\x1f' && rune !== '\t' && !(acceptNewLines && isNewLine)) {
        const code = (rune.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
        return { error: `unescaped control character U+${code}` }
      }
      text += show(this.#next())
    } while (this.#peek() !== EOF)
    return { error: 'unclosed string' }
  }

  #readEscape(): string | { error: string } {
    this.#next()
    const rune = this.#peek()
    if ('\r\n\t '.includes(rune) && rune !== EOF) {
      while (this.#peek() !== EOF && '\r\n\t '.includes(this.#peek())) this.#next()
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
      this.#next()
      return character
    }
    if (rune === 'u') return this.#readUnicode(4)
    if (rune === 'U') return this.#readUnicode(8)
    return { error: `invalid escape sequence: \\${show(rune)}` }
  }

  #readUnicode(digits: number): string | { error: string } {
    this.#next()
    let code = ''
    for (let read = 0; read < digits; read++) {
      if (!isHexDigit(this.#peek())) return { error: 'unfinished unicode escape' }
      code += this.#next()
    }
    const point = Number.parseInt(code, 16)
    const isRune = point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)
    return isRune ? String.fromCodePoint(point) : '\uFFFD'
  }

  readonly #dateTimeOrNumber = (): State => {
    const ahead = this.#peekString(5)
    if (/^\d\d:/.test(ahead)) return this.#time('')
    if (/^\d{4}-/.test(ahead)) return this.#date()
    return this.#number()
  }

  /** `count` digits, or the message about what stands there instead. */
  #digits(count: number, what: string): string | undefined {
    for (let read = 0; read < count; read++) {
      const rune = this.#next()
      if (!isDigit(rune)) return `invalid ${what}: ${show(rune)}`
    }
    return undefined
  }

  #date(): State {
    this.#forward(5)
    const month = this.#digits(2, 'month digit in date')
    if (month !== undefined) return this.#fail(month)
    const dash = this.#next()
    if (dash !== '-') return this.#fail(`expected - to separate month of a date, not ${show(dash)}`)
    const day = this.#digits(2, 'day digit in date')
    if (day !== undefined) return this.#fail(day)
    this.#emit('LocalDate')
    const rune = this.#peek()
    if (rune === EOF) return this.#value
    if (rune !== ' ' && rune !== 'T') {
      return this.#fail(`incorrect date/time separation character: ${rune}`)
    }
    if (rune === ' ' && !/^\d\d$/.test(this.#peekString(3).slice(1))) return this.#value
    this.#skip()
    return this.#time('offset')
  }

  #time(follow: 'offset' | ''): State {
    const hour = this.#digits(2, 'hour digit in time')
    if (hour !== undefined) return this.#fail(hour)
    const first = this.#next()
    if (first !== ':') return this.#fail(`time hour/minute separator should be :, not ${show(first)}`)
    const minute = this.#digits(2, 'minute digit in time')
    if (minute !== undefined) return this.#fail(minute)
    const second = this.#next()
    if (second !== ':') return this.#fail(`time minute/second separator should be :, not ${show(second)}`)
    const seconds = this.#digits(2, 'second digit in time')
    if (seconds !== undefined) return this.#fail(seconds)
    if (this.#peek() === '.') {
      this.#next()
      const rune = this.#next()
      if (!isDigit(rune)) {
        return this.#fail(`expected at least one digit in time's fraction, not ${show(rune)}`)
      }
      while (isDigit(this.#peek())) this.#next()
    }
    this.#emit('LocalTime')
    return follow === 'offset' ? this.#timeOffset : this.#value
  }

  readonly #timeOffset = (): State => {
    const rune = this.#peek()
    if (rune === 'Z') {
      this.#next()
      this.#emit('TimeOffset')
    } else if (rune === '+' || rune === '-') {
      this.#next()
      const hour = this.#digits(2, 'hour digit in time offset')
      if (hour !== undefined) return this.#fail(hour)
      const colon = this.#next()
      if (colon !== ':') {
        return this.#fail(`time offset hour/minute separator should be :, not ${show(colon)}`)
      }
      const minute = this.#digits(2, 'minute digit in time offset')
      if (minute !== undefined) return this.#fail(minute)
      this.#emit('TimeOffset')
    }
    return this.#value
  }

  readonly #number = (): State => {
    const rune = this.#peek()
    if (rune === '0') {
      const base = this.#peekString(2)[1] ?? ''
      const digits = { x: /[0-9a-fA-F_]/, o: /[0-7_]/, b: /[01_]/ }[base]
      if (digits !== undefined) return this.#basedNumber(digits)
      if (/[a-zA-Z]/.test(base)) {
        return this.#fail(`unknown number base: ${base}. possible options are x (hex) o (octal) b (binary)`)
      }
    }
    if (rune === '+' || rune === '-') {
      this.#next()
      if (this.#follows('inf')) return this.#word('Inf', 3)
      if (this.#follows('nan')) return this.#word('NaN', 3)
    }
    return this.#decimalNumber()
  }

  #basedNumber(digits: RegExp): State {
    this.#forward(2)
    let isDigitSeen = false
    while (this.#peek() !== EOF && digits.test(this.#peek())) {
      isDigitSeen = true
      this.#next()
    }
    if (!isDigitSeen) return this.#fail('number needs at least one digit')
    this.#emit('Integer')
    return this.#value
  }

  #decimalNumber(): State {
    const seen = { point: false, exponent: false, digit: false }
    for (;;) {
      const rune = this.#peek()
      if (rune === '.') {
        if (seen.point) return this.#fail('cannot have two dots in one float')
        this.#next()
        if (!isDigit(this.#peek())) return this.#fail('float cannot end with a dot')
        seen.point = true
      } else if (rune === 'e' || rune === 'E') {
        seen.exponent = true
        this.#next()
        if (this.#peek() === '+' || this.#peek() === '-') this.#next()
      } else if (isDigit(rune)) {
        seen.digit = true
        this.#next()
      } else if (rune === '_') this.#next()
      else break
      if (seen.point && !seen.digit) return this.#fail('cannot start float with a dot')
    }
    if (!seen.digit) return this.#fail('no digit in that number')
    this.#emit(seen.point || seen.exponent ? 'Float' : 'Integer')
    return this.#value
  }
}
