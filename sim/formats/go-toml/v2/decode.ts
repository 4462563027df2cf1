import { GoError } from '../go-error.ts'
import { type GoMap, type GoType, type GoValue, isGoMap, type StructType, typeName } from '../types.ts'
import { DecodeError, toBytes } from './document.ts'
import { parseExpressions } from './parser.ts'
import { Seen } from './seen.ts'
import type { KeyPart, KeyValue, TableHeader, Value } from './syntax.ts'

/** A key that the target has no field for. */
export interface MissingKey {
  /** The whole path, for a table's key with its table's. */
  readonly path: readonly string[]
  readonly offset: number
}

/** A value that is being decoded into: nil maps and slices are undefined. */
type Mutable = Map<string, GoValue>

/** What can hold a value: a field, an entry of a map, an element of a slice. */
interface Slot {
  readonly type: GoType
  get(): GoValue
  set(value: GoValue): void
}

const ANY: GoType = { kind: 'interface' }

/** The zero value of a type, as this decoder has it. */
export function zeroValue(type: GoType): GoValue {
  if (type.kind === 'struct') return new Map(type.fields.map(field => [field.key, zeroValue(field.type)]))
  if (type.kind === 'string') return ''
  if (type.kind === 'bool') return false
  if (type.kind === 'int' || type.kind === 'int64' || type.kind === 'uint64') return 0n
  if (type.kind === 'float64') return 0
  return type.kind === 'text' ? type.normalize('0s') : undefined
}

/**
 * `Decoder.Decode` of go-toml 2.4 into a struct: fields and map entries that the document does not name keep their
 * values. Throws `DecodeError`; keys without a field come back, as `DisallowUnknownFields` reports them.
 */
export function decodeDocument(
  type: StructType,
  text: string,
  current: GoMap,
): { readonly value: GoMap; readonly missing: readonly MissingKey[] } {
  const decoder = new Decoder(type, current)
  const seen = new Seen()
  for (const expression of parseExpressions(toBytes(text))) {
    const isNew = seen.check(expression)
    if (expression.kind === 'KeyValue') decoder.keyValue(expression)
    else decoder.header(expression, isNew)
  }
  return { value: decoder.root, missing: decoder.missing }
}

class Decoder {
  readonly root: Mutable
  readonly missing: MissingKey[] = []
  readonly #rootSlot: Slot
  /** Where the table's keys go; undefined while those of an unknown table are skipped. */
  #target: Slot | undefined
  #table: readonly string[] = []

  constructor(type: StructType, current: GoMap) {
    this.root = copy(current)
    this.#rootSlot = { type, get: () => this.root, set: () => undefined }
    this.#target = this.#rootSlot
  }

  keyValue(expression: KeyValue): void {
    if (this.#target === undefined) return
    const report = (): void => {
      const path = [...this.#table, ...expression.key.map(({ name }) => name)]
      this.missing.push({ path, offset: expression.key[0]?.offset ?? 0 })
    }
    wrapMismatch(() =>
      descend(this.#target as Slot, { key: expression.key, value: expression.value, report }),
    )
  }

  header(expression: TableHeader, isNew: boolean): void {
    this.#table = expression.key.map(({ name }) => name)
    const offset = expression.key[0]?.offset ?? 0
    const isArray = expression.kind === 'ArrayTable'
    let slot: Slot = this.#rootSlot
    for (const name of this.#table) {
      const next = enter(lastOf(slot), name, offset)
      if (next === undefined) {
        this.missing.push({ path: this.#table, offset })
        this.#target = undefined
        return
      }
      slot = next
    }
    this.#target = isArray ? appended(slot, isNew, offset) : tableOf(lastOf(slot), offset)
  }
}

/** Structs and maps are copied on their way in: the defaults that they come from stay. */
function copy(value: GoMap): Mutable {
  return new Map([...value].map(([key, member]) => [key, isGoMap(member) ? copy(member) : member]))
}

const isList = (value: GoValue): value is readonly GoValue[] => Array.isArray(value)

/** The last element of a slice, for what goes on below it. */
function lastOf(slot: Slot): Slot {
  const list = slot.get()
  const of = slot.type.kind === 'slice' ? slot.type.of : slot.type.kind === 'interface' ? ANY : undefined
  if (of === undefined || !(slot.type.kind === 'slice' || isList(list))) return slot
  const items =
    isList(list) && list.length > 0 ? [...list] : [of.kind === 'interface' ? new Map() : zeroValue(of)]
  slot.set(items)
  return element(of, items, items.length - 1)
}

const element = (type: GoType, items: GoValue[], at: number): Slot => ({
  type,
  get: () => items[at],
  set: value => {
    items[at] = value
  },
})

const cannotStore = (slot: Slot, what: string, offset: number): never => {
  throw new DecodeError(`cannot store ${what} in a ${kindName(slot.type)}`, offset)
}

/** `reflect.Kind.String`. */
const kindName = (type: GoType): string =>
  type.kind === 'text' || type.kind === 'duration' ? 'int64' : type.kind

/** The table of a slot, made if there is none; a pointer's stands for it. */
function tableOf(slot: Slot, offset: number): Slot {
  const type = slot.type.kind === 'pointer' ? slot.type.to : slot.type
  if (type.kind !== 'struct' && type.kind !== 'map' && type.kind !== 'interface')
    cannotStore(slot, 'a table', offset)
  const current = slot.get()
  const table = isGoMap(current) ? current : type.kind === 'struct' ? zeroValue(type) : new Map()
  slot.set(table)
  return { type, get: () => table, set: slot.set }
}

/** The member of a table; undefined where a struct has no such field. */
function enter(slot: Slot, name: string, offset: number): Slot | undefined {
  const { type, get } = tableOf(slot, offset)
  return member(type, get() as Mutable, name)
}

function member(type: GoType, table: Mutable, name: string): Slot | undefined {
  if (type.kind !== 'struct') return entry(type.kind === 'map' ? type.of : ANY, table, name)
  const lower = name.toLowerCase()
  const field =
    type.fields.find(({ key }) => key === name) ?? type.fields.find(({ key }) => key.toLowerCase() === lower)
  return field && entry(field.type, table, field.key)
}

const entry = (type: GoType, table: Mutable, key: string): Slot => ({
  type,
  get: () => (table.has(key) ? table.get(key) : zeroValue(type)),
  set: value => {
    table.set(key, value)
  },
})

function appended(slot: Slot, isNew: boolean, offset: number): Slot {
  const of = slot.type.kind === 'slice' ? slot.type.of : slot.type.kind === 'interface' ? ANY : undefined
  if (of === undefined) return cannotStore(slot, 'an array table', offset)
  const old = slot.get()
  const items = [...(isList(old) && !isNew ? old : []), of.kind === 'interface' ? new Map() : zeroValue(of)]
  slot.set(items)
  return tableOf(element(of, items, items.length - 1), offset)
}

interface Assignment {
  readonly key: readonly KeyPart[]
  readonly value: Value
  readonly report: () => void
}

/** A mismatch that no struct has put its name to yet. */
class Mismatch extends GoError {
  readonly toml: string
  readonly target: string
  readonly offset: number

  constructor(toml: string, type: GoType, offset: number) {
    super(`toml: cannot decode TOML ${toml} into ${typeName(type)}`)
    this.toml = toml
    this.target = typeName(type)
    this.offset = offset
  }
}

function wrapMismatch(action: () => void): void {
  try {
    action()
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error
    throw new DecodeError(error.message.slice('toml: '.length), error.offset)
  }
}

function descend(slot: Slot, { key, value, report }: Assignment): void {
  const [part, ...rest] = key
  if (part === undefined) {
    slot.set(assign(slot.type, value, { current: slot.get(), report }))
    return
  }
  const target = lastOf(slot)
  if (!['struct', 'map', 'interface', 'pointer'].includes(target.type.kind)) {
    throw new Mismatch('table', target.type, part.offset)
  }
  const table = tableOf(target, part.offset)
  const next = member(table.type, table.get() as Mutable, part.name)
  if (next === undefined) report()
  else inField(table.type, part.name, () => descend(next, { key: rest, value, report }))
}

/** A struct's field says where a mismatch below it is. */
function inField(type: GoType, name: string, action: () => void): void {
  try {
    action()
  } catch (error) {
    if (!(error instanceof Mismatch) || type.kind !== 'struct') throw error
    const lower = name.toLowerCase()
    const field = type.fields.find(({ key }) => key.toLowerCase() === lower)
    throw new DecodeError(
      `cannot decode TOML ${error.toml} into struct field ${type.name}.${field?.name ?? name} of type ${error.target}`,
      error.offset,
    )
  }
}

interface Context {
  readonly current: GoValue
  readonly report: () => void
}

function assign(type: GoType, value: Value, context: Context): GoValue {
  if (type.kind === 'pointer') {
    return assign(type.to, value, { ...context, current: context.current ?? zeroValue(type.to) })
  }
  if (value.kind === 'Array') return assignArray(type, value, context)
  if (value.kind === 'InlineTable') return assignInlineTable(type, value, context)
  if (type.kind === 'interface') return scalar(value)
  if (type.kind === 'text') return assignText(type.normalize, value)
  const wanted = SCALARS[value.kind]
  if (type.kind === 'float64' && value.kind === 'Integer') return Number(scalar(value))
  if (wanted.kinds.includes(type.kind)) return scalar(value)
  throw new Mismatch(wanted.name, type, value.offset)
}

type Scalar = Extract<Value, { readonly text: string }>

const SCALARS: Readonly<
  Record<Scalar['kind'], { readonly name: string; readonly kinds: readonly string[] }>
> = {
  String: { name: 'string', kinds: ['string'] },
  Integer: { name: 'integer', kinds: ['int', 'int64', 'uint64'] },
  Float: { name: 'float', kinds: ['float64'] },
  Bool: { name: 'boolean', kinds: ['bool'] },
  Date: { name: 'datetime', kinds: [] },
}

function scalar({ kind, text, offset }: Scalar): GoValue {
  if (kind === 'String') return text
  if (kind === 'Bool') return text === 'true'
  const plain = text.replaceAll('_', '')
  if (kind === 'Float') return floatOf(plain)
  const value = BigInt(plain.replace(/^[+-]/, '')) * (plain.startsWith('-') ? -1n : 1n)
  if (BigInt.asIntN(64, value) === value) return value
  const base = { x: 'hexadecimal', o: 'octal', b: 'binary' }[plain[1] ?? ''] ?? 'decimal'
  throw new DecodeError(`${base} number is too large to fit in a 64-bit signed integer`, offset)
}

function floatOf(text: string): number {
  const word = /^([+-]?)(inf|nan)$/.exec(text)
  if (word === null) return Number(text)
  return word[2] === 'nan'
    ? Number.NaN
    : word[1] === '-'
      ? Number.NEGATIVE_INFINITY
      : Number.POSITIVE_INFINITY
}

function assignText(normalize: (text: string) => string, value: Scalar): GoValue {
  try {
    return normalize(value.text)
  } catch (error) {
    if (error instanceof GoError && value.kind === 'String')
      throw new DecodeError(error.message, value.offset)
    throw error
  }
}

function assignArray(type: GoType, value: Extract<Value, { kind: 'Array' }>, context: Context): GoValue {
  const of = type.kind === 'slice' ? type.of : type.kind === 'interface' ? ANY : undefined
  if (of === undefined) throw new Mismatch('array', type, value.offset)
  return value.items.map(item => assign(of, item, { ...context, current: zeroValue(of) }))
}

function assignInlineTable(
  type: GoType,
  value: Extract<Value, { kind: 'InlineTable' }>,
  context: Context,
): GoValue {
  if (type.kind !== 'struct' && type.kind !== 'map' && type.kind !== 'interface') {
    throw new Mismatch('inline table', type, value.offset)
  }
  const table: Mutable =
    type.kind === 'struct' && isGoMap(context.current) ? copy(context.current) : new Map()
  const slot: Slot = { type, get: () => table, set: () => undefined }
  for (const item of value.items) descend(slot, { key: item.key, value: item.value, report: context.report })
  return table
}
