import { GoError } from '../go-error.ts'
import { type GoMap, type GoType, type GoValue, isGoMap } from '../types.ts'
import { Tables, type Toml, type TomlTable } from './parser.ts'

/** `toml.Primitive`: a value that is decoded later, by whom it concerns. */
export const PRIMITIVE = 'toml.Primitive'

/** Holds what a `toml.Primitive` was made of; to the encoder it is a struct without fields. */
export class Primitive extends Map<string, GoValue> {
  readonly value: Toml

  constructor(value: Toml) {
    super()
    this.value = value
  }
}

/**
 * `toml.PrimitiveDecode` of BurntSushi/toml 0.3 (decode.go): fields that a table does not name keep their values, unknown
 * keys are ignored, entries of maps are new. Throws `GoError`.
 */
export function unify(type: GoType, value: Toml, current: GoValue): GoValue {
  switch (type.kind) {
    case 'pointer':
      return unify(type.to, value, undefined)
    case 'struct':
      return type.name === PRIMITIVE ? new Primitive(value) : unifyStruct(type, value, current)
    case 'map':
      return unifyMap(type.of, value, current)
    case 'slice':
      return unifySlice(type.of, value)
    case 'text':
      return unifyText(type.normalize, value)
    default:
      return unifyScalar(type, value)
  }
}

function unifyStruct(type: Extract<GoType, { kind: 'struct' }>, value: Toml, current: GoValue): GoMap {
  if (!(value instanceof Map)) {
    throw new GoError(`toml: type mismatch for ${type.name}: expected table but found ${typeOf(value)}`)
  }
  const decoded = new Map(isGoMap(current) ? current : [])
  for (const [key, datum] of value) {
    const lower = key.toLowerCase()
    const field =
      type.fields.find(candidate => candidate.key === key) ??
      type.fields.find(candidate => candidate.key.toLowerCase() === lower)
    if (field !== undefined) decoded.set(field.key, unify(field.type, datum, decoded.get(field.key)))
  }
  return complete(type, decoded)
}

/** With the zero values of the fields that are not there yet. */
const complete = (type: Extract<GoType, { kind: 'struct' }>, table: GoMap): GoMap =>
  new Map(
    type.fields.map(field => [field.key, table.has(field.key) ? table.get(field.key) : zeroOf(field.type)]),
  )

/** The zero value of a type, nil for slices, maps and pointers. */
export function zeroOf(type: GoType): GoValue {
  if (type.kind === 'struct') return complete(type, new Map())
  if (type.kind === 'string') return ''
  if (type.kind === 'bool') return false
  if (type.kind === 'int' || type.kind === 'int64' || type.kind === 'uint64') return 0n
  if (type.kind === 'float64') return 0
  return type.kind === 'text' ? type.normalize('0s') : undefined
}

/** What is no table is passed over (unifyMap looks at the wrong variable). */
function unifyMap(of: GoType, value: Toml, current: GoValue): GoValue {
  if (!(value instanceof Map)) return current
  const entries = [...value].map(([key, datum]): [string, GoValue] => [key, unify(of, datum, undefined)])
  return new Map([...(isGoMap(current) ? current : []), ...entries])
}

function unifySlice(of: GoType, value: Toml): GoValue {
  const items: readonly Toml[] | undefined =
    value instanceof Tables ? value.items : isList(value) ? value : undefined
  if (items === undefined) throw badType('slice', value)
  return items.map(item => unify(of, item, undefined))
}

const isList = (value: Toml): value is readonly Toml[] => Array.isArray(value)

function unifyText(normalize: (text: string) => string, value: Toml): string {
  if (typeof value === 'object') throw badType('primitive (string-like)', value)
  return normalize(typeof value === 'number' ? value.toFixed(6) : String(value))
}

const SCALARS: Readonly<Record<string, readonly [string, string]>> = {
  string: ['string', 'string'],
  bool: ['boolean', 'boolean'],
  int: ['bigint', 'integer'],
  int64: ['bigint', 'integer'],
  float64: ['number', 'float'],
}

function unifyScalar(type: GoType, value: Toml): GoValue {
  const [wanted, words] = SCALARS[type.kind] ?? ['', type.kind]
  if (typeof value !== wanted || typeof value === 'object') throw badType(words, value)
  return value
}

const badType = (words: string, value: Toml): GoError =>
  new GoError(`toml: cannot load TOML value of type ${typeOf(value)} into a Go ${words}`)

/** `%T`. */
function typeOf(value: Toml): string {
  if (value instanceof Map) return 'map[string]interface {}'
  if (value instanceof Tables) return '[]map[string]interface {}'
  if (Array.isArray(value)) return '[]interface {}'
  return { bigint: 'int64', number: 'float64', boolean: 'bool' }[typeof value as string] ?? 'string'
}

/** A table of a document. */
export const isTomlTable = (value: unknown): value is TomlTable => value instanceof Map
