import type { Position } from './token.ts'

/** A value as go-toml's parser has it: a `bigint` is an int64, a `number` a float64. */
export type TomlValue =
  | string
  | boolean
  | bigint
  | number
  | TomlDate
  | Tree
  | TreeArray
  | readonly TomlValue[]

/** A date, a time, or both, as it was written. */
export interface TomlDate {
  readonly kind: 'LocalDate' | 'LocalTime' | 'LocalDateTime' | 'Time'
  readonly text: string
}

export const isDate = (value: unknown): value is TomlDate =>
  typeof value === 'object' && value !== null && 'kind' in value && 'text' in value

/** A value in its table, with the place of its key. */
export class Leaf {
  readonly value: string | boolean | bigint | number | TomlDate | readonly TomlValue[]
  readonly position: Position

  constructor(value: Leaf['value'], position: Position) {
    this.value = value
    this.position = position
  }
}

/** `[]*Tree`: an array of tables, of either notation. */
export class TreeArray {
  readonly trees: Tree[]

  constructor(trees: Tree[]) {
    this.trees = trees
  }

  get last(): Tree | undefined {
    return this.trees.at(-1)
  }
}

/** A table (go-toml's `Tree`). */
export class Tree {
  readonly values = new Map<string, Leaf | Tree | TreeArray>()
  position: Position
  isInline = false

  constructor(position: Position = { line: 0, column: 0 }) {
    this.position = position
  }

  /** What stands at a path, arrays of tables standing for their last element; undefined where there is nothing. */
  get(keys: readonly string[]): TomlValue | undefined {
    let tree: Tree = this
    for (const key of keys.slice(0, -1)) {
      const node = tree.values.get(key)
      const next = node instanceof TreeArray ? node.last : node
      if (!(next instanceof Tree)) return undefined
      tree = next
    }
    const key = keys.at(-1)
    if (key === undefined) return tree
    const node = tree.values.get(key)
    return node instanceof Leaf ? node.value : node
  }

  /** Where a key of this table stands; (0, 0) where it is not. */
  positionOf(key: string): Position {
    const node = this.values.get(key)
    const placed = node instanceof TreeArray ? node.last : node
    return placed?.position ?? { line: 0, column: 0 }
  }

  /** Puts a value at a path, creating the tables on the way. */
  set(keys: readonly string[], value: TomlValue): void {
    let tree: Tree = this
    for (const [depth, key] of keys.slice(0, -1).entries()) {
      let node = tree.values.get(key)
      if (node === undefined) {
        node = new Tree({ line: this.position.line + depth, column: this.position.column })
        tree.values.set(key, node)
      }
      if (node instanceof Tree) tree = node
      else if (node instanceof TreeArray && node.last !== undefined) tree = node.last
    }
    const position = { line: tree.position.line + tree.values.size + 1, column: tree.position.column }
    tree.values.set(keys.at(-1) ?? '', wrap(value, position))
  }

  /** Creates the tables of a path that are missing; gives the node that is in the way, if one is. */
  createSubTree(keys: readonly string[], position: Position): { key: string; leaf: Leaf } | undefined {
    let tree: Tree = this
    for (const key of keys) {
      let node = tree.values.get(key)
      if (node === undefined) {
        node = new Tree(position)
        node.isInline = tree.isInline
        tree.values.set(key, node)
      }
      const next = node instanceof TreeArray ? node.last : node
      if (next instanceof Tree) tree = next
      else if (node instanceof Leaf) return { key, leaf: node }
    }
    return undefined
  }
}

/** A value as a table holds it. */
export const wrap = (value: TomlValue, position: Position): Leaf | Tree | TreeArray =>
  value instanceof Tree || value instanceof TreeArray ? value : new Leaf(value, position)
