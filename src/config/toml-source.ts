/**
 * Where things stand in a TOML text: every table header, key and value with its offsets, so that an error can name a
 * line and an edit can change one value and leave every other byte as it was.
 *
 * It reads texts that a TOML parser has accepted; it does not validate.
 */
export interface TomlEntry {
  readonly kind: 'table' | 'array-of-tables' | 'value'
  /** From the root: the header's keys and the key's own dotted parts. */
  readonly path: readonly string[]
  /** Of `path`, how many parts the enclosing header gave. For a header: all of them. */
  readonly headerDepth: number
  /** Of `path`, how many parts stand outside the inline table that this entry is written in; 0 for none. */
  readonly inlineDepth: number
  /** Of the key, or of the header's bracket. */
  readonly start: number
  /** Where the value starts; for a header the same as `start`. */
  readonly valueStart: number
  /** After the last character of the value or header. */
  readonly end: number
}

export interface TomlPosition {
  /** Both from 1. */
  readonly line: number
  readonly column: number
}

/** The line and column of an offset. */
export function positionAt(text: string, offset: number): TomlPosition {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}

/** Every header, key and value of a valid TOML text, in its order; those in inline tables follow the value they are in. */
export function tomlEntries(text: string): readonly TomlEntry[] {
  return new Scanner(text).document()
}

/** The elements of the array whose value starts at `valueStart`, as offsets. */
export function arrayElements(
  text: string,
  valueStart: number,
): readonly { readonly start: number; readonly end: number }[] {
  return new Scanner(text).arrayAt(valueStart, [])
}

/** Every comment of a valid TOML text, from its `#` to the end of its line. */
export function tomlComments(text: string): readonly string[] {
  const scanner = new Scanner(text)
  scanner.document()
  return scanner.comments
}

const BARE_KEY = /[A-Za-z0-9_-]/
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', e: '\x1b' }

class Scanner {
  readonly comments: string[] = []
  readonly #text: string
  readonly #entries: TomlEntry[] = []
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): readonly TomlEntry[] {
    let header: readonly string[] = []
    for (this.#skipBlank(); this.#at < this.#text.length; this.#skipBlank()) {
      if (this.#peek() === '[') header = this.#header()
      else this.#keyValue(header, header.length, 0)
    }
    return this.#entries
  }

  /** Keys of tables inside the array are noted under `path` and their element's number. */
  arrayAt(valueStart: number, path: readonly string[]): { start: number; end: number }[] {
    this.#at = valueStart + 1
    const elements: { start: number; end: number }[] = []
    for (this.#skipBlank(); this.#peek() !== ']' && this.#at < this.#text.length; this.#skipBlank()) {
      if (this.#peek() === ',') {
        this.#at++
        continue
      }
      const start = this.#at
      this.#value([...path, String(elements.length)], 0)
      elements.push({ start, end: this.#at })
    }
    this.#at++
    return elements
  }

  #peek(): string {
    return this.#text[this.#at] ?? ''
  }

  #skipBlank(): void {
    for (;;) {
      while (/\s/.test(this.#peek())) this.#at++
      if (this.#peek() !== '#') return
      const from = this.#at
      while (this.#at < this.#text.length && this.#peek() !== '\n') this.#at++
      this.comments.push(this.#text.slice(from, this.#at))
    }
  }

  #header(): readonly string[] {
    const start = this.#at
    const isArray = this.#text.startsWith('[[', start)
    this.#at += isArray ? 2 : 1
    const path = this.#dottedKey()
    this.#at = this.#text.indexOf(']', this.#at) + (isArray ? 2 : 1)
    const kind = isArray ? 'array-of-tables' : 'table'
    this.#entries.push({
      kind,
      path,
      headerDepth: path.length,
      inlineDepth: 0,
      start,
      valueStart: start,
      end: this.#at,
    })
    return path
  }

  #keyValue(outer: readonly string[], headerDepth: number, inlineDepth: number): void {
    const start = this.#at
    const path = [...outer, ...this.#dottedKey()]
    this.#at = this.#text.indexOf('=', this.#at) + 1
    this.#skipBlank()
    const valueStart = this.#at
    const index = this.#entries.length
    this.#value(path, headerDepth)
    this.#entries.splice(index, 0, {
      kind: 'value',
      path,
      headerDepth,
      inlineDepth,
      start,
      valueStart,
      end: this.#at,
    })
  }

  #dottedKey(): string[] {
    const parts: string[] = []
    for (;;) {
      this.#skipSpaces()
      parts.push(this.#simpleKey())
      this.#skipSpaces()
      if (this.#peek() !== '.') return parts
      this.#at++
    }
  }

  #skipSpaces(): void {
    while (this.#peek() === ' ' || this.#peek() === '\t') this.#at++
  }

  #simpleKey(): string {
    const from = this.#at
    if (this.#peek() === '"' || this.#peek() === "'") {
      this.#string()
      return keyText(this.#text.slice(from, this.#at))
    }
    while (BARE_KEY.test(this.#peek())) this.#at++
    if (this.#at === from) throw new Error(`no TOML key at offset ${from}`)
    return this.#text.slice(from, this.#at)
  }

  /** Moves behind a value; keys of an inline table are noted under `path`. */
  #value(path: readonly string[], headerDepth: number): void {
    const first = this.#peek()
    if (first === '"' || first === "'") this.#string()
    else if (first === '[') this.arrayAt(this.#at, path)
    else if (first === '{') this.#inlineTable(path, headerDepth)
    else while (this.#at < this.#text.length && !/[,\]}#\n\r]/.test(this.#peek())) this.#at++
    while (/[ \t]/.test(this.#text[this.#at - 1] ?? '')) this.#at--
  }

  #inlineTable(path: readonly string[], headerDepth: number): void {
    this.#at++
    for (this.#skipBlank(); this.#peek() !== '}' && this.#at < this.#text.length; this.#skipBlank()) {
      if (this.#peek() === ',') this.#at++
      else this.#keyValue(path, headerDepth, path.length)
    }
    this.#at++
  }

  #string(): void {
    const quote = this.#peek()
    const fence = quote.repeat(3)
    const isMultiline = this.#text.startsWith(fence, this.#at)
    const close = isMultiline ? fence : quote
    this.#at += close.length
    while (this.#at < this.#text.length && !this.#text.startsWith(close, this.#at)) {
      this.#at += quote === '"' && this.#peek() === '\\' ? 2 : 1
    }
    this.#at += close.length
    // Up to two quotes may stand right before the closing three.
    while (isMultiline && this.#peek() === quote) this.#at++
  }
}

function keyText(quoted: string): string {
  const inner = quoted.slice(1, -1)
  if (quoted.startsWith("'")) return inner
  return inner.replace(
    /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|(.))/g,
    (_, u?: string, U?: string, x?: string, c?: string) => {
      const hex = u ?? U ?? x
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
      return ESCAPES[c ?? ''] ?? c ?? ''
    },
  )
}
