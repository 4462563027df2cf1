import { Unsimulated } from '../../../src/host/host.ts'
import { formatDuration, normalizeDuration } from './duration.ts'
import { showToml } from './encode.ts'
import { GoError } from './go-error.ts'
import { formatPosition } from './token.ts'
import { isDate, type TomlValue, Tree, TreeArray } from './tree.ts'
import {
  type Field,
  type GoMap,
  GoTables,
  type GoType,
  type GoValue,
  isGoMap,
  isTableType,
  type StructType,
  typeName,
  zero,
} from './types.ts'

/**
 * `Tree.Unmarshal` (marshal.go): what a table makes of a Go value. Fields of structs that the table does not name keep
 * their value, maps and slices are replaced as a whole, unknown keys are ignored. Throws `GoError` with the position.
 */
export function decodeStruct(type: StructType, tree: Tree | undefined, current: GoMap): GoMap {
  const decoded = new Map(current)
  for (const field of type.fields) {
    const key = tree && keyOf(field, tree)
    if (tree !== undefined && key !== undefined) {
      const value = tree.get([key]) ?? ''
      decoded.set(
        field.key,
        at(tree, key, () => decodeValue(field.type, value, decoded.get(field.key))),
      )
    } else if (field.isEmbedded && field.type.kind === 'struct') {
      const embedded = decoded.get(field.key)
      decoded.set(field.key, decodeStruct(field.type, tree, isGoMap(embedded) ? embedded : new Map()))
    }
  }
  return decoded
}

/** The spelling of a field's key that the table has, of the four that go-toml tries. */
function keyOf(field: Field, tree: Tree): string | undefined {
  const { key } = field
  const spellings = [key, key.toLowerCase(), key.toUpperCase(), key.slice(0, 1).toLowerCase() + key.slice(1)]
  return spellings.find(spelling => tree.values.has(spelling))
}

/** `formatError`: the position of the innermost key comes before the message. */
function at<T>(tree: Tree, key: string, decode: () => T): T {
  try {
    return decode()
  } catch (error) {
    if (!(error instanceof GoError) || error.message.startsWith('(')) throw error
    throw new GoError(`${formatPosition(tree.positionOf(key))}: ${error.message}`)
  }
}

function decodeValue(type: GoType, value: TomlValue, current: GoValue): GoValue {
  if (type.kind === 'pointer') return decodeValue(type.to, value, current ?? zero(type.to))
  if (value instanceof Tree) return decodeTree(type, value, current)
  if (value instanceof TreeArray) return decodeTrees(type, value)
  if (isArray(value)) return decodeArray(type, value)
  return decodeScalar(type, value)
}

const isArray = (value: TomlValue): value is readonly TomlValue[] => Array.isArray(value)

function decodeTree(type: GoType, tree: Tree, current: GoValue): GoValue {
  switch (type.kind) {
    case 'struct':
      return decodeStruct(type, tree, isGoMap(current) ? current : asMap(zero(type)))
    case 'tree':
      return tree
    case 'map':
      return decodeMap(type.of, tree)
    case 'interface':
      return decodeMap({ kind: 'interface' }, tree)
    default:
      throw cannotConvert(tree, 'a tree')
  }
}

const asMap = (value: GoValue): GoMap => (isGoMap(value) ? value : new Map())

function decodeMap(of: GoType, tree: Tree): GoMap {
  const decoded = new Map<string, GoValue>()
  for (const key of tree.values.keys()) {
    const value = tree.get([key]) ?? ''
    decoded.set(
      key,
      at(tree, key, () => decodeValue(of, value, undefined)),
    )
  }
  return decoded
}

function decodeTrees(type: GoType, value: TreeArray): GoValue {
  if (type.kind === 'interface') {
    return new GoTables(value.trees.map(tree => decodeMap({ kind: 'interface' }, tree)))
  }
  if (type.kind !== 'slice' || !isTableType(type.of)) throw cannotConvert(value, 'trees')
  const of = type.of
  return new GoTables(value.trees.map(tree => asMap(decodeTree(of, tree, undefined))))
}

function decodeArray(type: GoType, value: readonly TomlValue[]): GoValue {
  const of = type.kind === 'interface' ? type : type.kind === 'slice' ? type.of : undefined
  if (of === undefined || isTableType(of)) throw cannotConvert(value, 'a slice')
  return value.map(item => decodeValue(of, item, undefined))
}

function decodeScalar(type: GoType, value: TomlValue): GoValue {
  if (type.kind === 'interface') return isDate(value) || typeof value !== 'object' ? value : undefined
  if (type.kind === 'text') return decodeText(type.normalize, value)
  if (type.kind === 'duration') return decodeDuration(value)
  if (fits(type, value)) return checkRange(type, value)
  const name = typeName(type)
  throw cannotConvert(value, type.kind === 'slice' || type.kind === 'map' ? `${name}(${type.kind})` : name)
}

/** Go's `ConvertibleTo` with go-toml's exceptions: an integer is no float, a float no integer, and so on. */
function fits(type: GoType, value: TomlValue): value is string | boolean | bigint | number {
  switch (type.kind) {
    case 'string':
      return typeof value === 'string'
    case 'bool':
      return typeof value === 'boolean'
    case 'int':
    case 'int64':
    case 'uint64':
      return typeof value === 'bigint'
    case 'float64':
      return typeof value === 'number'
    default:
      return false
  }
}

function checkRange(type: GoType, value: string | boolean | bigint | number): GoValue {
  if (type.kind === 'uint64' && typeof value === 'bigint' && value < 0n) {
    throw new GoError(`${value}(int64) is negative so does not fit in ${typeName(type)}`)
  }
  return value
}

function decodeDuration(value: TomlValue): string {
  if (typeof value === 'bigint') return formatDuration(Number(value))
  if (typeof value !== 'string') throw cannotConvert(value, 'time.Duration')
  try {
    return normalizeDuration(value)
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    throw new GoError(`${cannotConvert(value, 'time.Duration').message}. ${error.message}`)
  }
}

function decodeText(normalize: (text: string) => string, value: TomlValue): string {
  try {
    return normalize(formatValue(value))
  } catch (error) {
    if (error instanceof GoError) throw new GoError(`unmarshal text: ${error.message}`)
    throw error
  }
}

const cannotConvert = (value: TomlValue, to: string): GoError =>
  new GoError(`Can't convert ${formatValue(value)}(${valueTypeName(value)}) to ${to}`)

/** `%v` of what the parser made. */
function formatValue(value: TomlValue): string {
  if (value instanceof Tree) return showToml(decodeMap({ kind: 'interface' }, value))
  if (value instanceof TreeArray) return `[${value.trees.map(formatValue).join(' ')}]`
  if (isArray(value)) return `[${value.map(formatValue).join(' ')}]`
  if (isDate(value)) throw new Unsimulated('containerd', 'a date where another type is wanted')
  return typeof value === 'number' ? formatGoFloat(value) : String(value)
}

/** `%v` of a float64: `%g` with an exponent below 1e-4 and from 1e21 on. */
export function formatGoFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value < 0 ? '-Inf' : '+Inf'
  const size = Math.abs(value)
  if (value === 0 || (size >= 1e-4 && size < 1e21)) return String(value)
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
}

/** `%T`. */
function valueTypeName(value: TomlValue): string {
  if (value instanceof Tree) return '*toml.Tree'
  if (value instanceof TreeArray) return '[]*toml.Tree'
  if (isArray(value)) return '[]interface {}'
  if (typeof value === 'bigint') return 'int64'
  if (typeof value === 'number') return 'float64'
  return typeof value === 'boolean' ? 'bool' : 'string'
}
