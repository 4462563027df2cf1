/**
 * What bash reads as its own and dash (0.5.12, parser.c) reads as plain words, marked so that the parser does too:
 * `[[`, `function`, `select`, `time`, `coproc` are names of commands, `((` is a subshell in a subshell, braces are
 * letters, `$'` is a dollar sign before a quote, `&>` is `&` and then `>`, a descriptor has one digit.
 */
export function rewriteForDash(text: string): string {
  return SUSPECT.test(text) ? new Rewriter(text).run() : text
}

const SUSPECT = /\d\d[<>]|\[\[|\(\(|\$['"]|&>|\{[^\s}]|\b(function|select|time|coproc)\b/
const RESERVED = /^(?:\[\[|function|select|time|coproc)(?=[\s;&|]|$)/
const LONG_NUMBER = /^\d{2,}[<>]/
const WORD_BREAKS = ' \t\n;&|()<>'

class Rewriter {
  readonly #text: string
  #at = 0
  #out = ''
  /** Delimiters of here-documents whose bodies start after this line. */
  #pending: { delimiter: string; stripsTabs: boolean }[] = []

  constructor(text: string) {
    this.#text = text
  }

  run(): string {
    this.#commands(undefined)
    return this.#out
  }

  /** Unquoted text, up to the parenthesis that ends a substitution. */
  #commands(end: ')' | undefined): void {
    let depth = 0
    while (this.#at < this.#text.length) {
      const rest = this.#text.slice(this.#at, this.#at + 16)
      const before = this.#text[this.#at - 1] ?? '\n'
      const isWordStart = WORD_BREAKS.includes(before)
      if (rest.startsWith('\\')) this.#copy(2)
      else if (rest.startsWith("'")) this.#until("'")
      else if (rest.startsWith('"')) this.#doubleQuoted()
      else if (rest.startsWith("$'") || rest.startsWith('$"')) this.#replace(1, '\\$')
      else if (rest.startsWith('$((')) this.#arithmetic()
      else if (rest.startsWith('${')) this.#until('}')
      else if (rest.startsWith('$(')) this.#substitution()
      else if (rest.startsWith('`')) this.#copy(1)
      else if (rest.startsWith('#') && isWordStart) this.#untilNewline()
      else if (rest.startsWith('<<')) this.#hereDocument()
      else if (rest.startsWith('&>')) this.#replace(1, '& ')
      else if (isWordStart && LONG_NUMBER.test(rest)) this.#number()
      else if (rest.startsWith('((') && isWordStart && !/\bfor\s+$/.test(this.#out.slice(-8)))
        this.#replace(1, '( ')
      else if (rest.startsWith('{') && !/^\{\s/.test(rest)) this.#replace(1, '\\{')
      else if (isWordStart && RESERVED.test(rest)) this.#replace(1, `\\${rest.charAt(0)}`)
      else if (rest.startsWith('\n')) this.#newline()
      else {
        if (rest.startsWith('(')) depth++
        if (rest.startsWith(')') && end !== undefined && depth-- === 0) return
        this.#copy(1)
      }
    }
  }

  #copy(count: number): void {
    this.#out += this.#text.slice(this.#at, this.#at + count)
    this.#at += count
  }

  #replace(count: number, by: string): void {
    this.#out += by
    this.#at += count
  }

  /** `200>file` is the word 200 and a redirection. */
  #number(): void {
    this.#copy(/^\d+/.exec(this.#text.slice(this.#at))?.[0].length ?? 0)
    this.#out += ' '
  }

  #until(close: string): void {
    const end = this.#text.indexOf(close, this.#at + 1)
    this.#copy((end < 0 ? this.#text.length : end + 1) - this.#at)
  }

  #untilNewline(): void {
    const end = this.#text.indexOf('\n', this.#at)
    this.#copy((end < 0 ? this.#text.length : end) - this.#at)
  }

  #doubleQuoted(): void {
    this.#copy(1)
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at]
      if (char === '\\') this.#copy(2)
      else if (char === '$' && this.#text.startsWith('$((', this.#at)) this.#arithmetic()
      else if (char === '$' && this.#text.startsWith('$(', this.#at)) this.#substitution()
      else {
        this.#copy(1)
        if (char === '"') return
      }
    }
  }

  #substitution(): void {
    this.#copy(2)
    this.#commands(')')
    this.#copy(1)
  }

  #arithmetic(): void {
    let depth = 0
    do {
      const char = this.#text[this.#at]
      if (char === '(') depth++
      if (char === ')') depth--
      this.#copy(1)
    } while (depth > 0 && this.#at < this.#text.length)
  }

  #hereDocument(): void {
    const match = /^<<(-?)[ \t]*(?:'([^'\n]*)'|"([^"\n]*)"|([^\s;&|()<>]+))/.exec(
      this.#text.slice(this.#at, this.#at + 256),
    )
    if (match === null) {
      this.#copy(2)
      return
    }
    const delimiter = match[2] ?? match[3] ?? (match[4] ?? '').replaceAll(/[\\'"]/g, '')
    this.#pending.push({ delimiter, stripsTabs: match[1] === '-' })
    this.#copy(match[0].length)
  }

  #newline(): void {
    this.#copy(1)
    for (const { delimiter, stripsTabs } of this.#pending.splice(0)) {
      for (let isOpen = true; isOpen && this.#at < this.#text.length; ) {
        const end = this.#text.indexOf('\n', this.#at)
        const line = this.#text.slice(this.#at, end < 0 ? undefined : end)
        isOpen = (stripsTabs ? line.replace(/^\t+/, '') : line) !== delimiter
        this.#copy(line.length + 1)
      }
    }
  }
}
