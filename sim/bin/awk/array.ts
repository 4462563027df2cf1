import { Unsimulated } from '../../../src/host/host.ts'
import type { Value } from './value.ts'

interface Element {
  /** The whole number that it was reached by. */
  whole: number | undefined
  /** The string that it was reached by, and its hash. */
  name: string | undefined
  hash: number
  value: Value
}

const FIRST_SIZE = 64
/** So many elements for each list, and the table is doubled. */
const LIST_LENGTH = 12

/**
 * An array as mawk keeps it (array.c): two tables over the same elements, one by whole numbers and one by strings, of
 * lists in which what was last looked up comes first. Kept like this for the order of `for (k in a)`, which is that of
 * the table of strings.
 */
export class AwkArray {
  /** What split() made, until it is used as anything but a list. */
  #list: Value[] | undefined
  #wholes: Element[][] = []
  #names: Element[][] = []
  #hasWholes = false
  #hasNames = false
  #size = 0
  /** ENVIRON: elements come in an order that is not known. */
  readonly #isFilledInSomeOrder: boolean

  constructor(isFilledInSomeOrder = false) {
    this.#isFilledInSomeOrder = isFilledInSomeOrder
  }

  get size(): number {
    return this.#list?.length ?? this.#size
  }

  get #slots(): number {
    return Math.max(this.#wholes.length, this.#names.length)
  }

  /** Whether there is an element; looking moves it to the front. */
  has(key: Value, text: (value: Value) => string): boolean {
    return this.#find(key, text, false) !== undefined
  }

  /** The value of an element, which comes to be. */
  get(key: Value, text: (value: Value) => string): Value {
    if (this.#list !== undefined && isWhole(key) && key >= 1 && key <= this.#list.length)
      return this.#list[key - 1]
    return this.#find(key, text, true)?.value
  }

  set(key: Value, text: (value: Value) => string, value: Value): void {
    if (this.#list !== undefined && isWhole(key) && key >= 1 && key <= this.#list.length) {
      this.#list[key - 1] = value
      return
    }
    const element = this.#find(key, text, true)
    if (element !== undefined) element.value = value
  }

  delete(key: Value, text: (value: Value) => string): void {
    if (this.size === 0) return
    if (this.#list !== undefined && isWhole(key)) {
      if (key < 1 || key > this.#list.length) return
      this.#unlist()
    }
    const element = this.#find(key, text, false)
    if (element === undefined) return
    remove(this.#wholes, element)
    remove(this.#names, element)
    if (--this.#size === 0) this.clear()
  }

  clear(): void {
    this.#list = undefined
    this.#wholes = []
    this.#names = []
    this.#hasWholes = this.#hasNames = false
    this.#size = 0
  }

  /** What split() does: the elements 1, 2, 3 … and no others. */
  load(values: readonly Value[]): void {
    this.clear()
    this.#list = [...values]
  }

  /** The names of all elements, in the order of `for (k in a)`. */
  keys(): readonly string[] {
    if (this.size === 0) return []
    if (!this.#hasNames) this.#nameAll()
    if (this.#isFilledInSomeOrder && this.#names.some(list => list.length > 1))
      throw new Unsimulated('awk', 'the order of ENVIRON')
    return this.#names.flatMap(list => list.map(element => element.name ?? ''))
  }

  #find(key: Value, text: (value: Value) => string, isCreating: boolean): Element | undefined {
    if (this.size === 0 && !isCreating) return undefined
    if (!isWhole(key)) return this.#byName(text(key), isCreating)
    if (this.#list !== undefined) {
      const isThere = key >= 1 && key <= this.#list.length
      if (!isThere && !isCreating) return undefined
      this.#unlist()
    }
    if (this.#slots === 0) this.#makeTable('wholes', FIRST_SIZE)
    return this.#byWhole(key, isCreating)
  }

  #byWhole(whole: number, isCreating: boolean): Element | undefined {
    const list = this.#wholes[slotOf(whole, this.#slots)]
    const at = list?.findIndex(element => element.whole === whole) ?? -1
    let element = list?.[at]
    if (element !== undefined) list?.splice(at, 1)
    else if (this.#hasNames) element = this.#byName(String(whole), isCreating)
    else if (isCreating) {
      element = { whole: undefined, name: undefined, hash: 0, value: undefined }
      this.#grow()
    }
    if (element === undefined) return undefined
    element.whole = whole
    this.#hasWholes = true
    this.#wholes[slotOf(whole, this.#slots)]?.unshift(element)
    return element
  }

  #byName(name: string, isCreating: boolean): Element | undefined {
    if (!this.#hasNames) this.#nameAll()
    const hash = hashOf(name)
    const list = this.#names[slotOf(hash, this.#slots)]
    const at = list?.findIndex(element => element.hash === hash && element.name === name) ?? -1
    let element = list?.[at]
    if (element !== undefined) list?.splice(at, 1)
    else if (isCreating) {
      element = { whole: undefined, name, hash, value: undefined }
      this.#grow()
    }
    if (element !== undefined) this.#names[slotOf(hash, this.#slots)]?.unshift(element)
    return element
  }

  /** One element more, which is in no list yet. */
  #grow(): void {
    if (++this.#size <= this.#slots * LIST_LENGTH) return
    const slots = this.#slots
    if (this.#hasNames) this.#names = doubled(this.#names, slots, element => element.hash)
    if (this.#hasWholes) this.#wholes = doubled(this.#wholes, slots, element => element.whole ?? 0)
    this.#fit(slots * 2)
  }

  #makeTable(kind: 'wholes' | 'names', slots: number): void {
    if (kind === 'wholes') this.#hasWholes = true
    else this.#hasNames = true
    this.#fit(slots)
  }

  #fit(slots: number): void {
    while (this.#wholes.length < slots) this.#wholes.push([])
    while (this.#names.length < slots) this.#names.push([])
  }

  #nameAll(): void {
    if (this.#list !== undefined) this.#unlist()
    if (this.#slots === 0) this.#makeTable('names', FIRST_SIZE)
    for (const list of this.#wholes)
      for (const element of list) {
        element.name = String(element.whole)
        element.hash = hashOf(element.name)
        this.#names[slotOf(element.hash, this.#slots)]?.unshift(element)
      }
    this.#hasNames = true
  }

  /** convert_split_array_to_table(). */
  #unlist(): void {
    const values = this.#list ?? []
    let slots = FIRST_SIZE
    while (values.length > slots * LIST_LENGTH) slots *= 2
    this.clear()
    this.#makeTable('wholes', slots)
    this.#size = values.length
    for (const [index, value] of values.entries())
      this.#wholes[slotOf(index + 1, slots)]?.unshift({ whole: index + 1, name: undefined, hash: 0, value })
  }
}

/** Whole numbers of 32 bits have a table of their own. */
const isWhole = (key: Value): key is number =>
  typeof key === 'number' && Number.isInteger(key) && Math.abs(key) <= 0x7fff_ffff

const slotOf = (number: number, slots: number): number => (number & (slots - 1)) >>> 0

/** The elements of the upper half of a table come off in order, those that stay too. */
function doubled(
  table: readonly Element[][],
  slots: number,
  number: (element: Element) => number,
): Element[][] {
  const at = (element: Element): number => slotOf(number(element), slots * 2)
  const lower = table.map((list, slot) => list.filter(element => at(element) === slot))
  return [...lower, ...table.map((list, slot) => list.filter(element => at(element) !== slot))]
}

function remove(table: readonly Element[][], element: Element): void {
  for (const list of table) {
    const at = list.indexOf(element)
    if (at >= 0) {
      list.splice(at, 1)
      return
    }
  }
}

/** FNV-1a of 32 bits (hash.c). */
function hashOf(text: string): number {
  let hash = 0x811c_9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193)
  return hash >>> 0
}
