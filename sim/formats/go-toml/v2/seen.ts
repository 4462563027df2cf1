import { DecodeError } from './document.ts'
import type { Expression, KeyPart, KeyValue, Value } from './syntax.ts'

type Kind = 'value' | 'table' | 'array table' | 'dotted'

class Entry {
  readonly children = new Map<string, Entry>()
  readonly kind: Kind
  isExplicit: boolean

  constructor(kind: Kind, isExplicit = false) {
    this.kind = kind
    this.isExplicit = isExplicit
  }
}

/** What a document has defined so far (go-toml's internal/tracker/seen.go): refuses what was defined before. */
export class Seen {
  readonly #root = new Entry('table')
  #current = this.#root

  /** Whether a table is new. */
  check(expression: Expression): boolean {
    const fail = (message: string): never => {
      throw new DecodeError(message, expression.key[0]?.offset ?? 0)
    }
    if (expression.kind === 'KeyValue') {
      checkKeyValue(this.#current, expression, fail)
      return false
    }
    const [parent, name] = tableParent(this.#root, expression.key, fail)
    return expression.kind === 'Table'
      ? this.#table(parent, name, fail)
      : this.#arrayTable(parent, name, fail)
  }

  #table(parent: Entry, name: string, fail: Fail): boolean {
    const known = parent.children.get(name)
    if (known === undefined) {
      this.#current = create(parent, name, new Entry('table', true))
      return true
    }
    if (known.kind === 'value') fail(`key ${name} should be a table, not a value`)
    if (known.kind === 'dotted') fail(`table ${name} already exists as defined by a dotted key`)
    if (known.kind === 'array table') fail(`table ${name} already exists as an array of tables`)
    if (known.isExplicit) fail(`table ${name} already exists`)
    known.isExplicit = true
    this.#current = known
    return false
  }

  #arrayTable(parent: Entry, name: string, fail: Fail): boolean {
    const known = parent.children.get(name)
    if (known === undefined) {
      this.#current = create(parent, name, new Entry('array table', true))
      return true
    }
    const words = known.kind === 'dotted' ? 'table' : known.kind
    if (known.kind !== 'array table')
      fail(`key ${name} already exists as a ${words}, but should be an array table`)
    known.children.clear()
    this.#current = known
    return false
  }
}

type Fail = (message: string) => never

function create(parent: Entry, name: string, entry: Entry): Entry {
  parent.children.set(name, entry)
  return entry
}

function tableParent(root: Entry, key: readonly KeyPart[], fail: Fail): readonly [Entry, string] {
  let parent = root
  for (const { name } of key.slice(0, -1)) {
    const known = parent.children.get(name)
    if (known?.kind === 'value') fail(`key ${name} already exists as a value`)
    parent = known ?? create(parent, name, new Entry('table'))
  }
  return [parent, key.at(-1)?.name ?? '']
}

function checkKeyValue(table: Entry, { key, value }: KeyValue, fail: Fail): void {
  let parent = table
  for (const { name } of key.slice(0, -1)) {
    const known = parent.children.get(name)
    if (known !== undefined && known.kind !== 'dotted') fail(`key ${name} is already defined`)
    parent = known ?? create(parent, name, new Entry('dotted'))
  }
  const name = key.at(-1)?.name ?? ''
  if (parent.children.has(name)) fail(`key ${name} is already defined`)
  checkValue(create(parent, name, new Entry('value')), value, fail)
}

function checkValue(entry: Entry, value: Value, fail: Fail): void {
  if (value.kind === 'InlineTable') for (const item of value.items) checkKeyValue(entry, item, fail)
  else if (value.kind === 'Array') for (const item of value.items) checkValue(new Entry('value'), item, fail)
}
