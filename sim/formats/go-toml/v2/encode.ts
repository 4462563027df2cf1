import { Unsimulated } from '../../../../src/host/host.ts'
import { byBytes } from '../encode.ts'
import { isDate } from '../tree.ts'
import { type GoMap, type GoType, type GoValue, isGoMap } from '../types.ts'

const ANY: GoType = { kind: 'interface' }

/** A key with its value and its type. */
interface Entry {
  readonly key: string
  readonly type: GoType
  readonly value: GoValue
}

/**
 * `toml.Marshal` of go-toml 2.4 (marshaler.go), `isIndented` as with `SetIndentTables(true)`: the fields of structs in
 * their order, the keys of maps sorted, values before tables; nil maps and pointers are left out.
 */
export function encodeDocument(type: GoType, value: GoMap, { isIndented = false } = {}): string {
  const writer = new Writer(isIndented)
  writer.table({ type, value, path: [] })
  return writer.text
}

class Writer {
  text = ''
  readonly #isIndented: boolean
  #wasHeader = false

  constructor(isIndented: boolean) {
    this.#isIndented = isIndented
  }

  table({ type, value, path }: { type: GoType; value: GoMap; path: readonly string[] }): void {
    const entries = entriesOf(type, value)
    const indent = this.#isIndented ? '  '.repeat(path.length) : ''
    for (const entry of entries) {
      if (isTable(entry) || isTables(entry)) continue
      this.text += `${indent}${showKey(entry.key)} = ${showValue(entry.type, entry.value)}\n`
      this.#wasHeader = false
    }
    for (const { key, ...entry } of entries) {
      const inner = [...path, key]
      if (isGoMap(entry.value)) {
        this.#header(indent, `[${inner.map(showKey).join('.')}]`)
        this.table({ type: entry.type, value: entry.value, path: inner })
      } else if (isTables(entry)) {
        for (const item of entry.value as readonly GoMap[]) {
          this.#header(indent, `[[${inner.map(showKey).join('.')}]]`)
          this.table({ type: elementType(entry.type), value: item, path: inner })
        }
      }
    }
  }

  #header(indent: string, header: string): void {
    if (this.text !== '' && !this.#wasHeader) this.text += '\n'
    this.text += `${indent}${header}\n`
    this.#wasHeader = true
  }
}

const elementType = (type: GoType): GoType => (type.kind === 'slice' ? type.of : ANY)

const isTable = ({ value }: Pick<Entry, 'value'>): boolean => isGoMap(value)

const isTables = ({ value }: Pick<Entry, 'value'>): boolean =>
  Array.isArray(value) && value.length > 0 && value.every(isGoMap)

function entriesOf(type: GoType, table: GoMap): readonly Entry[] {
  const plain = type.kind === 'pointer' ? type.to : type
  if (plain.kind === 'struct') {
    return plain.fields
      .map(field => ({ ...field, value: table.get(field.key) }))
      .filter(field => !isNil(field) && !(field.isOmittedWhenEmpty && isEmpty(field.value)))
  }
  const of = plain.kind === 'map' ? plain.of : ANY
  const typeOf = (key: string): GoType =>
    plain.kind === 'sections' && plain.decoded.has(key) ? (plain.types[key] ?? ANY) : of
  return [...table]
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, type: typeOf(key), value }))
    .sort((left, right) => byBytes(left.key, right.key))
}

const isNil = ({ type, value }: Pick<Entry, 'type' | 'value'>): boolean =>
  value === undefined && type.kind !== 'slice'

const isEmpty = (value: GoValue): boolean =>
  value === undefined ||
  (Array.isArray(value) && value.length === 0) ||
  value === '' ||
  value === false ||
  value === 0 ||
  value === 0n

function showValue(type: GoType, value: GoValue): string {
  if (typeof value === 'string') return showString(value)
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return showFloat(value)
  if (isGoMap(value)) return `{${entriesOf(type, value).map(showEntry).join(', ')}}`
  if (Array.isArray(value)) return `[${value.map(item => showValue(elementType(type), item)).join(', ')}]`
  if (value === undefined) return '[]'
  if (isDate(value)) throw new Unsimulated('containerd', 'printing a date of the configuration')
  throw new Error('a value that this encoder never sees')
}

const showEntry = ({ key, type, value }: Entry): string => `${showKey(key)} = ${showValue(type, value)}`

const showKey = (key: string): string => (/^[A-Za-z0-9_-]+$/.test(key) ? key : showString(key))

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

function showString(text: string): string {
  if (!/['\x00-\x1f\x7f]/.test(text)) return `'${text}'`
  const escaped = text.replace(
    /["\\\x00-\x1f\x7f]/g,
    rune => ESCAPES[rune] ?? `\\u${rune.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  )
  return `"${escaped}"`
}

/** `strconv.FormatFloat(f, 'f', -1, 64)`, with a decimal at least. */
function showFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  if (Number.isInteger(value)) return `${Object.is(value, -0) ? '-0' : BigInt(value)}.0`
  const match = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(String(value))
  if (match === null) return String(value)
  const [, sign = '', first = '', rest = '', exponent = ''] = match
  return `${sign}0.${'0'.repeat(Number(exponent) - 1)}${first}${rest}`
}
