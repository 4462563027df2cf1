import { Unsimulated } from '../../../src/host/host.ts'
import { formatTomlFloat } from './number.ts'
import { isBareKeyRune } from './token.ts'
import { isDate, Tree } from './tree.ts'
import { type GoMap, GoTables, type GoValue, isGoMap } from './types.ts'

/**
 * `toml.NewEncoder(w).Encode` of go-toml 1.9 (tomltree_write.go): keys in byte order, values before tables, two spaces
 * for each level, an empty line before each table header.
 */
export function showToml(value: GoMap): string {
  return writeTable(value, { indent: '', path: '' })
}

interface Place {
  readonly indent: string
  readonly path: string
}

function writeTable(table: GoMap, place: Place): string {
  const keys = [...table.keys()].sort(byBytes).filter(key => table.get(key) !== undefined)
  const lines = keys
    .filter(key => !isComplex(table.get(key)))
    .map(key => `${place.indent}${quoteKey(key)} = ${showValue(table.get(key))}\n`)
  const tables = keys
    .filter(key => isComplex(table.get(key)))
    .map(key => writeSubTables(table.get(key), key, place))
  return [...lines, ...tables].join('')
}

function writeSubTables(value: GoValue, key: string, place: Place): string {
  const path = place.path === '' ? quoteKey(key) : `${place.path}.${quoteKey(key)}`
  const inner = { indent: `${place.indent}  `, path }
  if (isGoMap(value)) return `\n${place.indent}[${path}]\n${writeTable(value, inner)}`
  const items = value instanceof GoTables ? value.items : []
  return items.map(item => `\n${place.indent}[[${path}]]\n${writeTable(item, inner)}`).join('')
}

const isComplex = (value: GoValue): boolean => isGoMap(value) || value instanceof GoTables

/** Go's order of strings. */
export const byBytes = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

function showValue(value: GoValue): string {
  if (typeof value === 'string') return quoteString(value)
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return formatTomlFloat(value)
  if (isGoMap(value)) return showInline(value)
  if (value instanceof GoTables) return `[${value.items.map(showInline).join(', ')}]`
  if (Array.isArray(value)) return `[${value.map(showValue).join(', ')}]`
  if (isDate(value)) throw new Unsimulated('containerd', 'printing a date of the configuration')
  throw new Error(`a value that the encoder never sees: ${value instanceof Tree ? 'Tree' : typeof value}`)
}

function showInline(table: GoMap): string {
  const keys = [...table.keys()].sort(byBytes)
  const isPlain = (key: string): boolean => !isComplex(table.get(key))
  const ordered = [...keys.filter(isPlain), ...keys.filter(key => !isPlain(key))]
  return `{ ${ordered.map(key => `${quoteKey(key)} = ${showValue(table.get(key))}`).join(', ')} }`
}

function quoteKey(key: string): string {
  if (key.length >= 2 && key.startsWith('"') && key.endsWith('"')) return key
  return Array.from(key).every(isBareKeyRune) ? key : quoteString(key)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
}

/** `encodeTomlString`, which looks at the low 16 bits of a code point only. */
function quoteString(text: string): string {
  let quoted = ''
  for (const rune of text) {
    const low = (rune.codePointAt(0) ?? 0) & 0xffff
    quoted += ESCAPES[rune] ?? (low < 0x1f ? `\\u${low.toString(16).toUpperCase().padStart(4, '0')}` : rune)
  }
  return `"${quoted}"`
}
