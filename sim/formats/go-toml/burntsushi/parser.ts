import { Unsimulated } from '../../../../src/host/host.ts'
import { GoError, GoPanic } from '../go-error.ts'
import { quoteGo } from '../quote.ts'
import { type Item, lex } from './lexer.ts'

/** A value as this library has it; arrays of tables are `Tables`. */
export type Toml = string | boolean | bigint | number | TomlTable | Tables | readonly Toml[]

export type TomlTable = Map<string, Toml>

/** `[]map[string]interface {}`. */
export class Tables {
  readonly items: TomlTable[]

  constructor(items: TomlTable[]) {
    this.items = items
  }
}

/** A document as github.com/BurntSushi/toml 0.3 parses it (parse.go). Throws `GoError` in its words. */
export function parseDocument(text: string): TomlTable {
  return new Parser(text).parse()
}

class Parser {
  readonly #items: Generator<Item, void>
  readonly #root: TomlTable = new Map()
  readonly #implicit = new Set<string>()
  #context: readonly string[] = []
  #key = ''
  #line = 0

  constructor(text: string) {
    this.#items = lex(text)
  }

  parse(): TomlTable {
    for (let item = this.#next(); item.kind !== 'EOF'; item = this.#next()) {
      if (item.kind === 'table' || item.kind === 'array table') this.#header(item.kind)
      else this.#keyValue()
    }
    return this.#root
  }

  #fail(message: string): never {
    const last = this.#key === '' ? this.#context.join('.') : [...this.#context, this.#key].join('.')
    throw new GoError(`Near line ${this.#line} (last key parsed '${last}'): ${message}`)
  }

  #next(): Item {
    const { value, done } = this.#items.next()
    if (done || value === undefined) throw new Error('items after the end')
    if (value.kind === 'error') this.#fail(value.text)
    return value
  }

  #header(kind: 'table' | 'array table'): void {
    let item = this.#next()
    this.#line = item.line
    const key: string[] = []
    for (; item.kind !== `${kind} end`; item = this.#next()) key.push(this.#keyText(item))
    this.#establish(key, kind === 'array table')
  }

  #keyText(item: Item): string {
    return item.kind === 'text' ? item.text : String(this.#value(item))
  }

  #keyValue(): void {
    const name = this.#next()
    this.#line = name.line
    this.#key = this.#keyText(name)
    this.#set(this.#key, this.#value(this.#next()))
    this.#key = ''
  }

  #establish(key: readonly string[], isArray: boolean): void {
    let table = this.#root
    const path: string[] = []
    for (const part of key.slice(0, -1)) {
      path.push(part)
      if (!table.has(part)) {
        this.#implicit.add(path.join('.'))
        table.set(part, new Map())
      }
      const node = table.get(part)
      const next = node instanceof Tables ? node.items.at(-1) : node
      if (next instanceof Map) table = next
      else this.#fail(`Key '${path.join('.')}' was already created as a hash.`)
    }
    this.#context = path
    const name = key.at(-1) ?? ''
    if (!isArray) this.#set(name, new Map())
    else {
      const old = table.get(name) ?? new Tables([])
      if (old instanceof Tables) table.set(name, new Tables([...old.items, new Map()]))
      else this.#fail(`Key '${path.join('.')}' was already created and cannot be used as an array.`)
    }
    this.#context = [...path, name]
  }

  #set(key: string, value: Toml): void {
    let table = this.#root
    for (const part of this.#context) {
      const node = table.get(part)
      const next = node instanceof Tables ? node.items.at(-1) : node
      if (!(next instanceof Map))
        throw new GoPanic(`BUG: Context for key '${part}' has not been established.\n\n`)
      table = next
    }
    const path = [...this.#context, key].join('.')
    if (!table.has(key)) table.set(key, value)
    else if (!this.#implicit.delete(path)) this.#fail(`Key '${path}' has already been defined.`)
  }

  #value(item: Item): Toml {
    switch (item.kind) {
      case 'string':
        return this.#unescape(item.text)
      case 'multiline string':
        return this.#unescape(item.text.replace(/\\\n\s*/g, '').replace(/^\n/, ''))
      case 'raw string':
        return item.text
      case 'raw multiline string':
        return item.text.replace(/^\n/, '')
      case 'bool':
        return item.text === 'true'
      case 'integer':
        return this.#integer(item.text)
      case 'float':
        return this.#float(item.text)
      case 'datetime':
        throw new Unsimulated('containerd', 'a date in the configuration')
      case 'array':
        return this.#array()
      case 'inline table':
        return this.#inlineTable()
      default:
        throw new GoPanic(`BUG: Unexpected value type: ${item.kind}\n\n`)
    }
  }

  #integer(text: string): bigint {
    if (/^_|__|_$|[+-]_/.test(text)) {
      this.#fail(`Invalid integer ${quoteGo(text)}: underscores must be surrounded by digits`)
    }
    const plain = text.replaceAll('_', '')
    const value = BigInt(plain.replace(/^[+-]/, '')) * (plain.startsWith('-') ? -1n : 1n)
    if (BigInt.asIntN(64, value) === value) return value
    return this.#fail(`Integer '${text}' is out of the range of 64-bit signed integers.`)
  }

  #float(text: string): number {
    if (text.split(/[.eE]/).some(part => /^_|__|_$/.test(part))) {
      this.#fail(`Invalid float ${quoteGo(text)}: underscores must be surrounded by digits`)
    }
    if (/\.(?![0-9])/.test(text)) {
      this.#fail(`Invalid float ${quoteGo(text)}: '.' must be followed by one or more digits`)
    }
    const plain = text.replaceAll('_', '')
    if (!/^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(plain)) {
      this.#fail(`Invalid float value: ${quoteGo(text)}`)
    }
    const value = Number(plain)
    if (Number.isFinite(value)) return value
    return this.#fail(`Float '${text}' is out of the range of 64-bit IEEE-754 floating-point numbers.`)
  }

  #array(): Toml {
    const values: Toml[] = []
    for (let item = this.#next(); item.kind !== 'array end'; item = this.#next())
      values.push(this.#value(item))
    const [first] = values.map(arrayType)
    const other = values.map(arrayType).find(type => type !== first)
    if (other !== undefined) {
      this.#fail(`Array contains values of type '${first}' and '${other}', but arrays must be homogeneous.`)
    }
    return values
  }

  #inlineTable(): TomlTable {
    const table: TomlTable = new Map()
    const [context, key] = [this.#context, this.#key]
    this.#context = [...context, key]
    this.#key = ''
    for (let item = this.#next(); item.kind !== 'inline table end'; item = this.#next()) {
      const name = this.#next()
      this.#line = name.line
      this.#key = this.#keyText(name)
      table.set(this.#key, this.#value(this.#next()))
    }
    this.#context = context
    this.#key = key
    return table
  }

  #unescape(text: string): string {
    return text.replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gsu, (_, short, long, letter) => {
      if (letter !== undefined) return ESCAPES[letter] ?? letter
      const code = Number.parseInt(short ?? long, 16)
      if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
        this.#fail(`Escaped character '\\u${short ?? long}' is not valid UTF-8.`)
      }
      return String.fromCodePoint(code)
    })
  }
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r' }

/** The names of type_check.go. */
function arrayType(value: Toml): string {
  if (value instanceof Map) return 'Hash'
  if (value instanceof Tables) return 'ArrayHash'
  if (Array.isArray(value)) return 'Array'
  return (
    { string: 'String', bigint: 'Integer', number: 'Float', boolean: 'Bool' }[typeof value as string] ?? ''
  )
}
