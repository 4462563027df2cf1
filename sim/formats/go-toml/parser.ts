import { Unsimulated } from '../../../src/host/host.ts'
import { GoError, GoPanic } from './go-error.ts'
import { parseKey } from './key.ts'
import { Lexer } from './lexer.ts'
import { parseFloat64, parseInteger } from './number.ts'
import { quoteGo } from './quote.ts'
import { formatPosition, formatToken, kindName, type Token, type TokenKind } from './token.ts'
import { type Leaf, type TomlDate, type TomlValue, Tree, TreeArray, wrap } from './tree.ts'

/** What the Go runtime says of the nil token that the parser dereferences when it reads past the end. */
const NIL_DEREFERENCE = 'runtime error: invalid memory address or nil pointer dereference'

/** The releases whose parsers differ: Debian 12 builds containerd with the one, Debian 13 with the other. */
export type GoTomlRelease = '1.9.4' | '1.9.5'

/**
 * A TOML document as github.com/pelletier/go-toml 1.9 reads it (parser.go): its leniency, its positions, its words.
 * Throws `GoError` for what it refuses and `GoPanic` where it crashes.
 */
export function parseToml(text: string, release: GoTomlRelease): Tree {
  if (/^(\udcfe\udcff|\udcff\udcfe|\0\0\udcfe\udcff)/.test(text)) {
    throw new Unsimulated('containerd', 'a configuration file in UTF-16 or UTF-32')
  }
  return new Parser(new Lexer(text.replace(/^\ufeff/, '')).tokens, release).parse()
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #release: GoTomlRelease
  readonly #root = new Tree({ line: 1, column: 1 })
  #index = 0
  #currentTable: readonly string[] = []
  #seenTables: string[] = []

  constructor(tokens: readonly Token[], release: GoTomlRelease) {
    this.#tokens = tokens
    this.#release = release
  }

  parse(): Tree {
    for (let token = this.#peek(); token !== undefined && token.kind !== 'EOF'; token = this.#peek()) {
      if (token.kind === '[[') this.#parseTableArray()
      else if (token.kind === '[') this.#parseTable()
      else if (token.kind === 'Key') this.#parseAssignment()
      else if (token.kind === 'Error') this.#fail(token, `parsing error: ${token.text}`)
      else this.#fail(token, `unexpected token ${kindName(token.kind)}`)
    }
    return this.#root
  }

  #fail(token: Token | undefined, message: string): never {
    if (token === undefined) throw new GoPanic(NIL_DEREFERENCE)
    throw new GoError(`${formatPosition(token.position)}: ${message}`)
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#index]
  }

  #take(): Token {
    const token = this.#tokens[this.#index++]
    if (token === undefined) throw new GoPanic(NIL_DEREFERENCE)
    return token
  }

  #assume(kind: TokenKind): void {
    const token = this.#take()
    if (token.kind === kind) return
    this.#fail(token, `was expecting token ${kindName(kind)}, but got ${formatToken(token)} instead`)
  }

  #parseKey(token: Token, what: string): string[] {
    try {
      return parseKey(token.text)
    } catch (error) {
      if (error instanceof GoError) return this.#fail(token, `${what}: ${error.message}`)
      throw error
    }
  }

  #parseTableArray(): void {
    const start = this.#take()
    const token = this.#take()
    if (token.kind !== 'KeyGroupArray') {
      this.#fail(token, `unexpected token ${formatToken(token)}, was expecting a table array key`)
    }
    const keys = this.#parseKey(token, 'invalid table array key')
    this.#root.createSubTree(keys.slice(0, -1), start.position)
    const existing = this.#root.get(keys)
    if (existing !== undefined && !(existing instanceof TreeArray)) {
      this.#fail(token, `key ${formatToken(token)} is already assigned and not of type table array`)
    }
    this.#currentTable = keys
    this.#root.set(keys, new TreeArray([...(existing?.trees ?? []), new Tree(start.position)]))
    this.#seenTables = this.#seenTables.filter(seen => !seen.startsWith(`${token.text}.`))
    if (this.#seenTables.at(-1) !== token.text) this.#seenTables.push(token.text)
    this.#assume(']]')
  }

  #parseTable(): void {
    const start = this.#take()
    const token = this.#take()
    if (token.kind !== 'KeyGroup') {
      this.#fail(token, `unexpected token ${formatToken(token)}, was expecting a table key`)
    }
    if (this.#seenTables.includes(token.text)) this.#fail(token, 'duplicated tables')
    this.#seenTables.push(token.text)
    const keys = this.#parseKey(token, 'invalid table array key')
    const inTheWay = this.#root.createSubTree(keys, start.position)
    if (inTheWay !== undefined) this.#fail(token, describeObstacle(keys, inTheWay))
    const table = this.#root.get(keys)
    if (table instanceof Tree && table.isInline) {
      this.#fail(token, `could not re-define exist inline table or its sub-table : ${keys.join('.')}`)
    }
    this.#assume(']')
    this.#currentTable = keys
  }

  #parseAssignment(): void {
    const token = this.#take()
    this.#assume('=')
    const keys = this.#parseKey(token, 'invalid key')
    const value = this.#parseValue()
    const path = [...this.#currentTable, ...keys.slice(0, -1)]
    const target = this.#tableFor(path, token)
    if (target.isInline) {
      this.#fail(
        token,
        `could not add key or sub-table to exist inline table or its sub-table : ${path.join('.')}`,
      )
    }
    const key = keys.at(-1) ?? ''
    if (target.values.has(key)) {
      this.#fail(token, `The following key was defined twice: ${[...path, key].join('.')}`)
    }
    target.values.set(key, wrap(value, token.position))
  }

  #tableFor(path: readonly string[], token: Token): Tree {
    const node = this.#root.get(path)
    if (node instanceof TreeArray && node.last !== undefined) return node.last
    if (node instanceof Tree) return node
    if (node !== undefined) this.#fail(token, `Unknown table type for path: ${path.join('.')}`)
    const inTheWay = this.#root.createSubTree(path, token.position)
    if (inTheWay !== undefined) {
      this.#fail(token, `could not create intermediate group: ${describeObstacle(path, inTheWay)}`)
    }
    const created = this.#root.get(path)
    if (created instanceof Tree) return created
    throw new GoPanic(NIL_DEREFERENCE)
  }

  #parseValue(): TomlValue {
    const token = this.#take()
    switch (token.kind) {
      case 'EOF':
        return this.#fail(token, 'expecting a value')
      case 'String':
        return token.text
      case 'True':
        return true
      case 'False':
        return false
      case 'Inf':
        return token.text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
      case 'NaN':
        return Number.NaN
      case 'Integer':
        return this.#parseNumber(token, text => parseInteger(text, this.#release))
      case 'Float':
        return this.#parseNumber(token, parseFloat64)
      case 'LocalTime':
        return { kind: 'LocalTime', text: token.text }
      case 'LocalDate':
        return this.#parseDate(token)
      case '[':
        return this.#parseArray()
      case '{':
        return this.#parseInlineTable()
      case '=':
        return this.#fail(token, 'cannot have multiple equals for the same key')
      case 'Error':
        return this.#fail(token, token.text)
      default:
        // The parser panics with an error; 1.9.4's LoadBytes (toml.go) recovers from strings only.
        if (this.#release === '1.9.5') throw new GoError(`unhandled token: ${formatToken(token)}`)
        throw new GoPanic(
          `unhandled token: ${formatToken(token)} [recovered]\n` +
            '\tpanic: interface conversion: interface {} is *errors.errorString, not string',
        )
    }
  }

  #parseNumber<T>(token: Token, parse: (text: string) => T): T {
    try {
      return parse(token.text)
    } catch (error) {
      if (!(error instanceof GoError) || error.message === 'invalid base') throw error
      return this.#fail(token, error.message)
    }
  }

  #parseDate(date: Token): TomlDate {
    const time = this.#peek()
    if (time?.kind !== 'LocalTime') return { kind: 'LocalDate', text: date.text }
    this.#take()
    const offset = this.#peek()
    if (offset?.kind !== 'TimeOffset') return { kind: 'LocalDateTime', text: `${date.text}T${time.text}` }
    this.#take()
    return { kind: 'Time', text: `${date.text}T${time.text}${offset.text}` }
  }

  #parseInlineTable(): Tree {
    const tree = new Tree()
    let previous: Token | undefined
    for (;;) {
      const follow = this.#peek()
      if (follow === undefined || follow.kind === 'EOF') this.#fail(follow, 'unterminated inline table')
      if (follow.kind === '}') break
      this.#parseInlineItem(tree, follow, previous)
      previous = follow
    }
    this.#take()
    if (previous?.kind === ',') this.#fail(previous, 'trailing comma at the end of inline table')
    tree.isInline = true
    return tree
  }

  #parseInlineItem(tree: Tree, follow: Token, previous: Token | undefined): void {
    if (follow.kind === ',') {
      if (previous?.kind === ',') this.#fail(follow, 'need field between two commas in inline table')
      this.#take()
    } else if (follow.kind === 'Key' || follow.kind === 'Integer' || follow.kind === 'String') {
      if (previous !== undefined && previous.kind !== ',') {
        this.#fail(follow, 'comma expected between fields in inline table')
      }
      this.#take()
      this.#assume('=')
      const keys = this.#parseKey(follow, 'invalid key')
      tree.set(keys, this.#parseValue())
    } else this.#fail(follow, `unexpected token type in inline table: ${formatToken(follow)}`)
  }

  #parseArray(): TomlValue {
    const values: TomlValue[] = []
    for (;;) {
      const follow = this.#peek()
      if (follow === undefined || follow.kind === 'EOF') this.#fail(follow, 'unterminated array')
      if (follow.kind === ']') break
      values.push(this.#parseValue())
      const separator = this.#peek()
      if (separator === undefined || separator.kind === 'EOF') this.#fail(separator, 'unterminated array')
      if (separator.kind !== ']' && separator.kind !== ',') this.#fail(separator, 'missing comma')
      if (separator.kind === ',') this.#take()
    }
    this.#take()
    const trees = values.filter(value => value instanceof Tree)
    return values.length > 0 && trees.length === values.length ? new TreeArray(trees) : values
  }
}

/** createSubTree's error: Go's `%T (%#v)` of the value that is no table. */
function describeObstacle(keys: readonly string[], inTheWay: { key: string; leaf: Leaf }): string {
  const { value, position } = inTheWay.leaf
  if (typeof value === 'object') {
    throw new Unsimulated('containerd', `a table named like the array or date ${inTheWay.key}`)
  }
  const shown = typeof value === 'string' ? quoteGo(value) : String(value)
  return (
    `unknown type for path ${keys.join('.')} (${inTheWay.key}): *toml.tomlValue (&toml.tomlValue{value:${shown}, ` +
    'comment:"", commented:false, multiline:false, literal:false, ' +
    `position:toml.Position{Line:${position.line}, Col:${position.column}}})`
  )
}
