import type { TomlDate, Tree } from './tree.ts'

/** The Go types that containerd's configuration is made of. */
export type GoType =
  | { readonly kind: 'string' | 'bool' | 'int' | 'int64' | 'uint64' | 'float64'; readonly name?: string }
  | { readonly kind: 'interface' }
  /** `toml.Tree`: decoded later, by whom it concerns. */
  | { readonly kind: 'tree' }
  /** A type with UnmarshalText and MarshalText: `normalize` is the one after the other; it throws `GoError`. */
  | { readonly kind: 'text'; readonly name: string; readonly normalize: (text: string) => string }
  /** `time.Duration`, held as its text. */
  | { readonly kind: 'duration' }
  | { readonly kind: 'slice'; readonly of: GoType }
  | { readonly kind: 'map'; readonly of: GoType }
  | { readonly kind: 'pointer'; readonly to: GoType }
  /** A map of structs, where those that were decoded have their own type. */
  | {
      readonly kind: 'sections'
      readonly types: Readonly<Record<string, StructType>>
      readonly decoded: ReadonlySet<string>
    }
  | StructType

export interface StructType {
  readonly kind: 'struct'
  /** With its package: `config.Runtime`. */
  readonly name: string
  /** In the order of the declaration. */
  readonly fields: readonly Field[]
}

export interface Field {
  readonly name: string
  /** The name in TOML: of the tag, else `name`. */
  readonly key: string
  readonly type: GoType
  /** An anonymous struct field: go-toml then also looks for its keys one table further up. */
  readonly isEmbedded?: true
  readonly isOmittedWhenEmpty?: true
  /** The name in JSON, if it is not the key. */
  readonly json?: string
}

/**
 * A Go value: structs and maps are Maps (structs by TOML key), int64 a `bigint`, float64 a `number`, nil `undefined`.
 * A `Tree` is a plugin section that is not decoded yet.
 */
export type GoValue =
  | string
  | boolean
  | bigint
  | number
  | TomlDate
  | Tree
  | readonly GoValue[]
  | GoTables
  | GoMap
  | undefined

export type GoMap = ReadonlyMap<string, GoValue>

/** A slice of structs or maps: an array of tables. */
export class GoTables {
  readonly items: readonly GoMap[]

  constructor(items: readonly GoMap[]) {
    this.items = items
  }
}

/** Whether values of a type are tables in TOML: go-toml's `isTree`. */
export const isTableType = (type: GoType): boolean =>
  type.kind === 'struct' || type.kind === 'map' || (type.kind === 'pointer' && isTableType(type.to))

export const isGoMap = (value: unknown): value is GoMap => value instanceof Map

/** `reflect.Type.String`. */
export function typeName(type: GoType): string {
  switch (type.kind) {
    case 'interface':
      return 'interface {}'
    case 'tree':
      return 'toml.Tree'
    case 'duration':
      return 'time.Duration'
    case 'slice':
      return `[]${typeName(type.of)}`
    case 'map':
      return `map[string]${typeName(type.of)}`
    case 'pointer':
      return `*${typeName(type.to)}`
    case 'sections':
      return 'map[string]interface {}'
    default:
      return type.name ?? type.kind
  }
}

/** The zero value of a type. */
export function zero(type: GoType): GoValue {
  switch (type.kind) {
    case 'string':
      return ''
    case 'bool':
      return false
    case 'int':
    case 'int64':
    case 'uint64':
      return 0n
    case 'float64':
      return 0
    case 'text':
      return type.normalize('0s')
    case 'duration':
      return '0s'
    case 'slice':
      return isTableType(type.of) ? new GoTables([]) : []
    case 'map':
      return new Map()
    case 'struct':
      return new Map(type.fields.map(field => [field.key, zero(field.type)]))
    default:
      return undefined
  }
}
