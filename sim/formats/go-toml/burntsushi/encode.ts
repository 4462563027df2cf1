import { byBytes } from '../encode.ts'
import { type GoMap, type GoType, type GoValue, isGoMap } from '../types.ts'

interface Entry {
  readonly key: string
  readonly type: GoType
  readonly value: GoValue
}

const ANY: GoType = { kind: 'interface' }

/**
 * `toml.NewEncoder(w).Encode` of BurntSushi/toml 0.3 (encode.go): structs in their order, maps sorted, values before
 * tables, two spaces for each level, an empty line before each table of the top; what is nil is left out.
 */
export const encodeBurntSushi = (type: GoType, value: GoMap): string => writeTable(type, value, [])

function writeTable(type: GoType, table: GoMap, path: readonly string[]): string {
  const entries = entriesOf(type, table)
  const indent = '  '.repeat(path.length)
  const direct = entries.filter(({ value }) => !isGoMap(value))
  const tables = entries.filter(({ value }) => isGoMap(value))
  return [
    ...direct.map(({ key, value }) => `${indent}${quoteKey(key)} = ${showValue(value)}\n`),
    ...tables.map(({ key, type: of, value }) => {
      const inner = [...path, key]
      const header = `${path.length === 0 ? '\n' : indent}[${inner.map(quoteKey).join('.')}]\n`
      return header + writeTable(of, isGoMap(value) ? value : new Map(), inner)
    }),
  ].join('')
}

function entriesOf(type: GoType, table: GoMap): readonly Entry[] {
  const plain = type.kind === 'pointer' ? type.to : type
  if (plain.kind === 'struct') {
    return plain.fields
      .map(field => ({ key: field.key, type: field.type, value: table.get(field.key) }))
      .filter(({ value }) => value !== undefined)
  }
  const typeOf = (key: string): GoType =>
    plain.kind === 'sections' ? (plain.types[key] ?? ANY) : plain.kind === 'map' ? plain.of : ANY
  return [...table.keys()].sort(byBytes).map(key => ({ key, type: typeOf(key), value: table.get(key) }))
}

function showValue(value: GoValue): string {
  if (typeof value === 'string') return `"${value.replace(/[\t\n\r"\\]/g, rune => ESCAPES[rune] ?? rune)}"`
  if (Array.isArray(value)) return `[${value.map(showValue).join(', ')}]`
  if (typeof value === 'number') return Number.isInteger(value) ? `${value}.0` : String(value)
  return String(value)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
}

const quoteKey = (key: string): string =>
  /^[A-Za-z0-9_-]+$/.test(key) ? key : `"${key.replaceAll('"', '\\"')}"`
