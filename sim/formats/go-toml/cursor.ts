import type { Token, TokenKind } from './token.ts'

/** What `peek` answers at the end; prints as U+FFFD. */
export const EOF = ''

/** A rune as `%c` prints it. */
export const show = (rune: string): string => (rune === EOF ? '\uFFFD' : rune)

/** The lexer's place in the text and the tokens that it made: the first half of go-toml's lexer.go. */
export class Cursor {
  readonly tokens: Token[] = []
  readonly #input: readonly string[]
  #index = 0
  #start = 0
  #stop = 0
  #line = 1
  #column = 1
  #endLine = 1
  #endColumn = 1

  constructor(text: string) {
    this.#input = Array.from(text.toWellFormed())
  }

  /** Whether anything was read since the last token. */
  get hasText(): boolean {
    return this.#stop > this.#start
  }

  peek(): string {
    return this.#input[this.#index] ?? EOF
  }

  peekString(size: number): string {
    return this.#input.slice(this.#index, this.#index + size).join('')
  }

  follows(text: string): boolean {
    return this.peekString(text.length) === text
  }

  next(): string {
    const rune = this.peek()
    if (rune === '\n') {
      this.#endLine++
      this.#endColumn = 1
    } else this.#endColumn++
    this.#index++
    if (rune !== EOF) this.#stop++
    return rune
  }

  forward(count: number): void {
    for (let done = 0; done < count; done++) this.next()
  }

  ignore(): void {
    this.#start = this.#stop
    this.#line = this.#endLine
    this.#column = this.#endColumn
  }

  skip(): void {
    this.next()
    this.ignore()
  }

  emit(kind: TokenKind, text = this.#input.slice(this.#start, this.#stop).join('')): void {
    this.tokens.push({ kind, text, position: { line: this.#line, column: this.#column } })
    this.ignore()
  }

  fail(message: string): undefined {
    this.tokens.push({
      kind: 'Error',
      text: message.replace(/%$/, '%!(NOVERB)'),
      position: { line: this.#line, column: this.#column },
    })
    return undefined
  }
}
