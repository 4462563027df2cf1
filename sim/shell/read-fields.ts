import type { Blocking } from '../scheduler.ts'
import { assignElement } from './expand.ts'
import type { Shell } from './shell.ts'

/** Marks a character that a backslash quoted: it separates nothing. */
export const QUOTED = '\u{e001}'

/** Splits a line at IFS and gives its words to names, the rest to the last; or all of them to an array. */
export function* assignWords(
  shell: Shell,
  line: { readonly text: string },
  target: { readonly names: readonly string[]; readonly array?: string },
): Blocking<void> {
  const splitter = new Splitter(line.text, shell.ifs)
  if (target.array !== undefined) {
    const words = splitter.all().map((word, index) => [index, word] as const)
    shell.variables.set(target.array, { isArray: 'indexed', value: new Map(words) })
    return
  }
  for (const [index, operand] of target.names.entries()) {
    const text = index === target.names.length - 1 ? splitter.rest() : (splitter.next() ?? '')
    const [, name = operand, subscript] = /^(\w+)\[(.*)\]$/.exec(operand) ?? []
    yield* assignElement(shell, { name, subscript }, text)
  }
}

class Splitter {
  readonly #chars: readonly {
    readonly text: string
    readonly isSpace: boolean
    readonly isSeparator: boolean
  }[]
  #at = 0

  constructor(text: string, ifs: string) {
    const chars: { text: string; isSpace: boolean; isSeparator: boolean }[] = []
    let isQuoted = false
    for (const char of text) {
      if (char === QUOTED && !isQuoted) {
        isQuoted = true
        continue
      }
      const isSeparator = !isQuoted && ifs.includes(char)
      chars.push({ text: char, isSeparator, isSpace: isSeparator && ' \t\n'.includes(char) })
      isQuoted = false
    }
    this.#chars = chars
  }

  /** The next word; undefined at the end. */
  next(): string | undefined {
    this.#skipSpaces()
    if (this.#at >= this.#chars.length) return undefined
    let word = ''
    for (; this.#at < this.#chars.length; this.#at++) {
      const char = this.#chars[this.#at]
      if (char === undefined || char.isSeparator) break
      word += char.text
    }
    this.#skipSpaces()
    const separator = this.#chars[this.#at]
    if (separator?.isSeparator && !separator.isSpace) {
      this.#at++
      this.#skipSpaces()
    }
    return word
  }

  /** All that is left, without the white space at its end; a single separator behind the last word goes, too. */
  rest(): string {
    this.#skipSpaces()
    const start = this.#at
    const only = this.next()
    if (only === undefined || this.#at >= this.#chars.length) return only ?? ''
    let end = this.#chars.length
    while (end > start && this.#chars[end - 1]?.isSpace) end--
    return this.#chars
      .slice(start, end)
      .map(char => char.text)
      .join('')
  }

  all(): readonly string[] {
    const words: string[] = []
    for (let word = this.next(); word !== undefined; word = this.next()) words.push(word)
    return words
  }

  #skipSpaces(): void {
    while (this.#chars[this.#at]?.isSpace) this.#at++
  }
}
