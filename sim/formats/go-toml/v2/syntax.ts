/** What the parser makes of a document (go-toml's unstable/ast.go). Offsets count bytes. */
export type Expression = KeyValue | TableHeader

export interface KeyPart {
  readonly name: string
  readonly offset: number
}

export interface KeyValue {
  readonly kind: 'KeyValue'
  readonly key: readonly KeyPart[]
  readonly value: Value
}

export interface TableHeader {
  readonly kind: 'Table' | 'ArrayTable'
  readonly key: readonly KeyPart[]
}

/** A value; `text` is a string's content, and what was written of the others. */
export type Value =
  | { readonly kind: ScalarKind; readonly text: string; readonly offset: number }
  | { readonly kind: 'Array'; readonly items: readonly Value[]; readonly offset: number }
  | { readonly kind: 'InlineTable'; readonly items: readonly KeyValue[]; readonly offset: number }

export type ScalarKind = 'String' | 'Integer' | 'Float' | 'Bool' | 'Date'
