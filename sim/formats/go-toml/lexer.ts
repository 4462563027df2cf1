import { Cursor, EOF, show } from './cursor.ts'
import { discardNewLine, readLiteral, readString } from './string-reader.ts'
import { isBareKeyRune, isDigit, isSpace, type Token, type TokenKind } from './token.ts'

/** A state function: lexes one thing and names what follows; undefined ends the lexing. */
type State = (() => State) | undefined

/**
 * The tokens of a TOML document as github.com/pelletier/go-toml 1.9 makes them (lexer.go), with its messages and its
 * leniency: an `Error` token ends them, and the parser may still fail before it gets there.
 */
export class Lexer {
  readonly #cursor: Cursor
  readonly #brackets: ('[' | '{')[] = []

  constructor(text: string) {
    this.#cursor = new Cursor(text)
    let state: State = this.#void
    while (state !== undefined) state = state()
  }

  get tokens(): readonly Token[] {
    return this.#cursor.tokens
  }

  /** Between statements, and where an inline table wants a key. */
  readonly #void = (): State => {
    for (;;) {
      const rune = this.#cursor.peek()
      if (rune === '}') return this.#rightBrace
      if (rune === '[') return this.#tableKey
      if (rune === '#') return this.#comment(this.#void)
      if (rune === '=') return this.#equal
      if (rune === EOF) break
      if (rune === '\r' || rune === '\n' || isSpace(rune)) this.#cursor.skip()
      else return this.#key
    }
    this.#cursor.next()
    this.#cursor.emit('EOF')
    return undefined
  }

  readonly #value = (): State => {
    for (;;) {
      const rune = this.#cursor.peek()
      const state = this.#valueState(rune)
      if (state !== undefined) return state
      if (rune === '\r' || rune === '\n') {
        this.#cursor.skip()
        return this.#brackets.at(-1) === '[' ? this.#value : this.#void
      }
      if (rune === EOF) break
      if (!isSpace(rune)) {
        return this.#cursor.fail(
          rune === '.' ? 'cannot start float with a dot' : `no value can start with ${rune}`,
        )
      }
      this.#cursor.skip()
    }
    this.#cursor.next()
    this.#cursor.emit('EOF')
    return undefined
  }

  #valueState(rune: string): State {
    if (rune === '#') return this.#comment(this.#value)
    const simple = this.#valueStates[rune]
    if (simple !== undefined) return simple
    if (this.#cursor.follows('true')) return this.#word('True', 4)
    if (this.#cursor.follows('false')) return this.#word('False', 5)
    if (this.#cursor.follows('inf')) return this.#word('Inf', 3)
    if (this.#cursor.follows('nan')) return this.#word('NaN', 3)
    return isDigit(rune) ? this.#dateTimeOrNumber : undefined
  }

  #word(kind: TokenKind, length: number): State {
    return () => {
      this.#cursor.forward(length)
      this.#cursor.emit(kind)
      return this.#value
    }
  }

  readonly #comment =
    (previous: State): State =>
    () => {
      for (let rune = this.#cursor.peek(); rune !== '\n' && rune !== EOF; rune = this.#cursor.peek()) {
        if (rune === '\r' && this.#cursor.follows('\r\n')) break
        this.#cursor.next()
      }
      this.#cursor.ignore()
      return previous
    }

  readonly #equal = (): State => {
    this.#cursor.next()
    this.#cursor.emit('=')
    return this.#value
  }

  readonly #comma = (): State => {
    this.#cursor.next()
    this.#cursor.emit(',')
    return this.#brackets.at(-1) === '{' ? this.#void : this.#value
  }

  readonly #leftBrace = (): State => {
    this.#cursor.next()
    this.#cursor.emit('{')
    this.#brackets.push('{')
    return this.#void
  }

  readonly #rightBrace = (): State => {
    this.#cursor.next()
    this.#cursor.emit('}')
    if (this.#brackets.at(-1) !== '{') return this.#cursor.fail("cannot have '}' here")
    this.#brackets.pop()
    return this.#value
  }

  readonly #leftBracket = (): State => {
    this.#cursor.next()
    this.#cursor.emit('[')
    this.#brackets.push('[')
    return this.#value
  }

  readonly #rightBracket = (): State => {
    this.#cursor.next()
    this.#cursor.emit(']')
    if (this.#brackets.at(-1) !== '[') return this.#cursor.fail("cannot have ']' here")
    this.#brackets.pop()
    return this.#value
  }

  readonly #tableKey = (): State => {
    this.#cursor.next()
    if (this.#cursor.peek() === '[') {
      this.#cursor.next()
      this.#cursor.emit('[[')
      return this.#insideTableArrayKey
    }
    this.#cursor.emit('[')
    return this.#insideTableKey
  }

  readonly #insideTableArrayKey = (): State => {
    for (let rune = this.#cursor.peek(); rune !== EOF; rune = this.#cursor.peek()) {
      if (rune === '[') return this.#cursor.fail("table array key cannot contain ']'")
      if (rune === ']') {
        if (this.#cursor.hasText) this.#cursor.emit('KeyGroupArray')
        this.#cursor.next()
        if (this.#cursor.peek() !== ']') continue
        this.#cursor.next()
        this.#cursor.emit(']]')
        return this.#void
      }
      this.#cursor.next()
    }
    return this.#cursor.fail('unclosed table array key')
  }

  readonly #insideTableKey = (): State => {
    for (let rune = this.#cursor.peek(); rune !== EOF; rune = this.#cursor.peek()) {
      if (rune === '[') return this.#cursor.fail("table key cannot contain ']'")
      if (rune === ']') {
        if (this.#cursor.hasText) this.#cursor.emit('KeyGroup')
        this.#cursor.next()
        this.#cursor.emit(']')
        return this.#void
      }
      this.#cursor.next()
    }
    return this.#cursor.fail('unclosed table key')
  }

  /** A key of an assignment, its dots and quotes kept for `parseKey`. */
  readonly #key = (): State => {
    let text = ''
    for (let rune = this.#cursor.peek(); rune !== EOF && rune !== '='; rune = this.#cursor.peek()) {
      if (rune === '"' || rune === "'") {
        this.#cursor.next()
        const part = rune === '"' ? readString(this.#cursor, '"', true) : readLiteral(this.#cursor, "'")
        if (typeof part !== 'string') return this.#cursor.fail(part.error)
        text += `${rune}${part}${rune}`
        this.#cursor.next()
      } else if (rune === '\n') {
        return this.#cursor.fail('keys cannot contain new lines')
      } else if (isSpace(rune)) {
        const dotted = this.#spacesAroundDot()
        if (dotted === undefined) break
        text += dotted
      } else if (rune !== '.' && !isBareKeyRune(rune)) {
        return this.#cursor.fail(`keys cannot contain ${rune} character`)
      } else {
        text += rune
        this.#cursor.next()
      }
    }
    this.#cursor.emit('Key', text)
    return this.#void
  }

  /** The white space around a dot with the dot, or undefined when no dot follows: the end of the key. */
  #spacesAroundDot(): string | undefined {
    this.#cursor.next()
    const before = this.#spaces()
    if (this.#cursor.peek() !== '.') return undefined
    this.#cursor.next()
    return ` ${before}.${this.#spaces()}`
  }

  #spaces(): string {
    let text = ''
    while (isSpace(this.#cursor.peek())) text += this.#cursor.next()
    return text
  }

  readonly #string = (): State => this.#quoted('"')
  readonly #literalString = (): State => this.#quoted("'")

  #quoted(quote: string): State {
    this.#cursor.skip()
    const isTriple = this.#cursor.follows(quote + quote)
    if (isTriple) {
      this.#cursor.skip()
      this.#cursor.skip()
    }
    if (isTriple) discardNewLine(this.#cursor)
    const terminator = isTriple ? quote.repeat(3) : quote
    const text =
      quote === '"' ? readString(this.#cursor, terminator, isTriple) : readLiteral(this.#cursor, terminator)
    if (typeof text !== 'string') return this.#cursor.fail(text.error)
    this.#cursor.emit('String', text)
    this.#cursor.forward(terminator.length)
    this.#cursor.ignore()
    return this.#value
  }

  readonly #dateTimeOrNumber = (): State => {
    const ahead = this.#cursor.peekString(5)
    if (/^\d\d:/.test(ahead)) return this.#time('')
    if (/^\d{4}-/.test(ahead)) return this.#date()
    return this.#number()
  }

  /** `count` digits, or the message about what stands there instead. */
  #digits(count: number, what: string): string | undefined {
    for (let read = 0; read < count; read++) {
      const rune = this.#cursor.next()
      if (!isDigit(rune)) return `invalid ${what}: ${show(rune)}`
    }
    return undefined
  }

  #date(): State {
    this.#cursor.forward(5)
    const month = this.#digits(2, 'month digit in date')
    if (month !== undefined) return this.#cursor.fail(month)
    const dash = this.#cursor.next()
    if (dash !== '-') return this.#cursor.fail(`expected - to separate month of a date, not ${show(dash)}`)
    const day = this.#digits(2, 'day digit in date')
    if (day !== undefined) return this.#cursor.fail(day)
    this.#cursor.emit('LocalDate')
    const rune = this.#cursor.peek()
    if (rune === EOF) return this.#value
    if (rune !== ' ' && rune !== 'T') {
      return this.#cursor.fail(`incorrect date/time separation character: ${rune}`)
    }
    if (rune === ' ' && !/^\d\d$/.test(this.#cursor.peekString(3).slice(1))) return this.#value
    this.#cursor.skip()
    return this.#time('offset')
  }

  #time(follow: 'offset' | ''): State {
    const hour = this.#digits(2, 'hour digit in time')
    if (hour !== undefined) return this.#cursor.fail(hour)
    const first = this.#cursor.next()
    if (first !== ':') return this.#cursor.fail(`time hour/minute separator should be :, not ${show(first)}`)
    const minute = this.#digits(2, 'minute digit in time')
    if (minute !== undefined) return this.#cursor.fail(minute)
    const second = this.#cursor.next()
    if (second !== ':')
      return this.#cursor.fail(`time minute/second separator should be :, not ${show(second)}`)
    const seconds = this.#digits(2, 'second digit in time')
    if (seconds !== undefined) return this.#cursor.fail(seconds)
    if (this.#cursor.peek() === '.') {
      this.#cursor.next()
      const rune = this.#cursor.next()
      if (!isDigit(rune)) {
        return this.#cursor.fail(`expected at least one digit in time's fraction, not ${show(rune)}`)
      }
      while (isDigit(this.#cursor.peek())) this.#cursor.next()
    }
    this.#cursor.emit('LocalTime')
    return follow === 'offset' ? this.#timeOffset : this.#value
  }

  readonly #timeOffset = (): State => {
    const rune = this.#cursor.peek()
    if (rune === 'Z') {
      this.#cursor.next()
      this.#cursor.emit('TimeOffset')
    } else if (rune === '+' || rune === '-') {
      this.#cursor.next()
      const hour = this.#digits(2, 'hour digit in time offset')
      if (hour !== undefined) return this.#cursor.fail(hour)
      const colon = this.#cursor.next()
      if (colon !== ':') {
        return this.#cursor.fail(`time offset hour/minute separator should be :, not ${show(colon)}`)
      }
      const minute = this.#digits(2, 'minute digit in time offset')
      if (minute !== undefined) return this.#cursor.fail(minute)
      this.#cursor.emit('TimeOffset')
    }
    return this.#value
  }

  readonly #number = (): State => {
    const rune = this.#cursor.peek()
    if (rune === '0') {
      const base = this.#cursor.peekString(2)[1] ?? ''
      const digits = { x: /[0-9a-fA-F_]/, o: /[0-7_]/, b: /[01_]/ }[base]
      if (digits !== undefined) return this.#basedNumber(digits)
      if (/[a-zA-Z]/.test(base)) {
        return this.#cursor.fail(
          `unknown number base: ${base}. possible options are x (hex) o (octal) b (binary)`,
        )
      }
    }
    if (rune === '+' || rune === '-') {
      this.#cursor.next()
      if (this.#cursor.follows('inf')) return this.#word('Inf', 3)
      if (this.#cursor.follows('nan')) return this.#word('NaN', 3)
    }
    return this.#decimalNumber()
  }

  #basedNumber(digits: RegExp): State {
    this.#cursor.forward(2)
    let isDigitSeen = false
    while (this.#cursor.peek() !== EOF && digits.test(this.#cursor.peek())) {
      isDigitSeen = true
      this.#cursor.next()
    }
    if (!isDigitSeen) return this.#cursor.fail('number needs at least one digit')
    this.#cursor.emit('Integer')
    return this.#value
  }

  #decimalNumber(): State {
    const seen = { point: false, exponent: false, digit: false }
    for (;;) {
      const rune = this.#cursor.peek()
      if (rune === '.') {
        if (seen.point) return this.#cursor.fail('cannot have two dots in one float')
        this.#cursor.next()
        if (!isDigit(this.#cursor.peek())) return this.#cursor.fail('float cannot end with a dot')
        seen.point = true
      } else if (rune === 'e' || rune === 'E') {
        seen.exponent = true
        this.#cursor.next()
        if (this.#cursor.peek() === '+' || this.#cursor.peek() === '-') this.#cursor.next()
      } else if (isDigit(rune)) {
        seen.digit = true
        this.#cursor.next()
      } else if (rune === '_') this.#cursor.next()
      else break
      if (seen.point && !seen.digit) return this.#cursor.fail('cannot start float with a dot')
    }
    if (!seen.digit) return this.#cursor.fail('no digit in that number')
    this.#cursor.emit(seen.point || seen.exponent ? 'Float' : 'Integer')
    return this.#value
  }

  /** What a value or what is around it starts with. */
  readonly #valueStates: Readonly<Record<string, State>> = {
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
}
