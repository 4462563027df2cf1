import { escapePattern } from './pattern.ts'

/** Where the pieces of a word go while it is expanded. */
export interface Sink {
  /** Quoted text: never split, never a pattern. */
  quoted(text: string): void
  /** Unquoted text as it stands in the script: not split. */
  literal(text: string): void
  /** What an unquoted expansion gave: split at IFS, and a pattern. */
  expansion(text: string): void
  /** `$@`, `$*` and whole arrays. */
  list(items: readonly string[], options: { isQuoted: boolean; isStar: boolean }): void
}

/**
 * How a part stands in its word: between double quotes; plain; or unquoted inside `${…}`, where literal text is split
 * like the result of an expansion.
 */
export type Quoting = 'quoted' | 'plain' | 'operand'

/** Where the parts of a word go, and how they stand in it. */
export interface Target {
  readonly sink: Sink
  readonly quoting: Quoting
}

/** One word of the result, and the pattern that it is. */
export interface Field {
  readonly text: string
  readonly pattern: string
}

/** Makes the fields of a command's arguments: word splitting (POSIX 2.6.5). */
export class FieldSink implements Sink {
  readonly fields: Field[] = []
  readonly #ifs: string
  #text = ''
  #pattern = ''
  #hasField = false
  #isEndedBySpace = false

  constructor(ifs: string) {
    this.#ifs = ifs
  }

  quoted(text: string): void {
    this.#text += text
    this.#pattern += escapePattern(text)
    this.#hasField = true
  }

  literal(text: string): void {
    this.#text += text
    this.#pattern += text
    if (text !== '') this.#hasField = true
  }

  expansion(text: string): void {
    for (const char of text) {
      if (!this.#ifs.includes(char)) this.#append(char)
      else if (' \t\n'.includes(char)) {
        if (this.#hasField) {
          this.#end()
          this.#isEndedBySpace = true
        }
      } else {
        if (this.#hasField || !this.#isEndedBySpace) this.#end()
        this.#isEndedBySpace = false
      }
    }
  }

  list(items: readonly string[], options: { isQuoted: boolean; isStar: boolean }): void {
    if (options.isQuoted && options.isStar) {
      this.quoted(items.join(this.#ifs.slice(0, 1)))
      return
    }
    for (const [index, item] of items.entries()) {
      if (index > 0 && (this.#hasField || options.isQuoted)) this.#end()
      if (options.isQuoted) this.quoted(item)
      else this.expansion(item)
    }
  }

  finish(): readonly Field[] {
    if (this.#hasField) this.#end()
    return this.fields
  }

  #append(char: string): void {
    this.#text += char
    this.#pattern += char === '\\' ? '\\\\' : char
    this.#hasField = true
    this.#isEndedBySpace = false
  }

  #end(): void {
    this.fields.push({ text: this.#text, pattern: this.#pattern })
    this.#text = ''
    this.#pattern = ''
    this.#hasField = false
  }
}

/** Makes one text: assignments, here-documents, redirections, the word of a case. */
export class TextSink implements Sink {
  readonly #ifs: string
  text = ''

  constructor(ifs: string) {
    this.#ifs = ifs
  }

  quoted(text: string): void {
    this.text += text
  }

  literal(text: string): void {
    this.text += text
  }

  expansion(text: string): void {
    this.text += text
  }

  list(items: readonly string[], options: { isStar: boolean }): void {
    this.text += items.join(options.isStar ? this.#ifs.slice(0, 1) : ' ')
  }
}

/** Makes a pattern, or with another `quoting` a regular expression, in which what was quoted stands for itself. */
export class PatternSink implements Sink {
  readonly #escape: (text: string) => string
  text = ''

  constructor(quoting: (text: string) => string = escapePattern) {
    this.#escape = quoting
  }

  quoted(text: string): void {
    this.text += this.#escape(text)
  }

  literal(text: string): void {
    this.text += text
  }

  expansion(text: string): void {
    this.text += text
  }

  list(items: readonly string[], options: { isQuoted: boolean }): void {
    const joined = items.join(' ')
    this.text += options.isQuoted ? this.#escape(joined) : joined
  }
}

export const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
