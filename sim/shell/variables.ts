/** The value of a variable: text, or an array by index or by key; undefined when it is declared and not set. */
export type Value = string | ReadonlyMap<number, string> | ReadonlyMap<string, string> | undefined

/** A shell variable and its attributes. A value: changing one means setting another. */
export interface Variable {
  readonly value: Value
  readonly isArray?: 'indexed' | 'associative'
  readonly isExported?: boolean
  readonly isReadonly?: boolean
  readonly isInteger?: boolean
  readonly isNameref?: boolean
  readonly letters?: 'upper' | 'lower'
}

export type Attributes = Omit<Variable, 'value'>

/** A write to a readonly variable. */
export class ReadonlyVariable extends Error {
  override readonly name = 'ReadonlyVariable'
  readonly variable: string

  constructor(variable: string) {
    super(variable)
    this.variable = variable
  }
}

/** The variables of one shell: the global ones, and those of each function that is running (dynamic scope). */
export class Variables {
  readonly #scopes: Map<string, Variable>[]
  /** Bumped at each change of an exported variable: what a spawned program gets is kept until then. */
  #exported: ReadonlyMap<string, string> | undefined

  constructor(scopes: readonly ReadonlyMap<string, Variable>[] = [new Map()]) {
    this.#scopes = scopes.map(scope => new Map(scope))
  }

  /** A copy, for a subshell. */
  fork(): Variables {
    return new Variables(this.#scopes)
  }

  get isInFunction(): boolean {
    return this.#scopes.length > 1
  }

  enterFunction(): void {
    this.#scopes.push(new Map())
  }

  leaveFunction(): void {
    this.#scopes.pop()
    this.#exported = undefined
  }

  /** Follows namerefs (`declare -n`). */
  resolve(name: string): string {
    let current = name
    for (let depth = 0; depth < 8; depth++) {
      const variable = this.#find(current)?.get(current)
      if (variable?.isNameref !== true || typeof variable.value !== 'string' || variable.value === '')
        return current
      current = variable.value
    }
    return current
  }

  get(name: string): Variable | undefined {
    const target = this.resolve(name)
    return this.#find(target)?.get(target)
  }

  /** The variable itself, where `name` is a nameref too. */
  getOwn(name: string): Variable | undefined {
    return this.#find(name)?.get(name)
  }

  /** The text of a variable: of an array, that of element 0. */
  text(name: string): string | undefined {
    return scalarOf(this.get(name)?.value)
  }

  /** Throws `ReadonlyVariable`. */
  set(name: string, variable: Variable): void {
    const target = this.resolve(name)
    const scope = this.#find(target) ?? this.#scopes[0]
    this.#write(scope, target, variable)
  }

  /** `local`: in the innermost function. */
  setLocal(name: string, variable: Variable): void {
    this.#write(this.#scopes.at(-1), name, variable)
  }

  setGlobal(name: string, variable: Variable): void {
    this.#write(this.#scopes[0], name, variable)
  }

  isLocal(name: string): boolean {
    return this.isInFunction && (this.#scopes.at(-1)?.has(name) ?? false)
  }

  /** A new text, its attributes kept; `element` of an array where one is named. */
  assign(name: string, text: string, options: { isAppending?: boolean } = {}): void {
    const old = this.get(name)
    const whole = options.isAppending ? (scalarOf(old?.value) ?? '') + text : text
    if (old?.isArray !== undefined) this.assignElement(name, old.isArray === 'associative' ? '0' : 0, whole)
    else this.set(name, { ...old, value: recase(old, whole) })
  }

  assignElement(name: string, key: number | string, text: string): void {
    const old = this.get(name)
    if (typeof key === 'number') {
      const elements = new Map(indexedOf(old?.value))
      elements.set(key, recase(old, text))
      this.set(name, { ...old, isArray: 'indexed', value: elements })
      return
    }
    const elements = new Map(associativeOf(old?.value))
    elements.set(key, recase(old, text))
    this.set(name, { ...old, isArray: 'associative', value: elements })
  }

  unset(name: string): boolean {
    const scope = this.#find(name)
    if (scope?.get(name)?.isReadonly) throw new ReadonlyVariable(name)
    if (scope?.get(name)?.isExported) this.#exported = undefined
    return scope?.delete(name) ?? false
  }

  /** All names that can be seen, sorted. */
  get names(): readonly string[] {
    return [...new Set(this.#scopes.flatMap(scope => [...scope.keys()]))].sort()
  }

  /** The environment of the programs that are started. */
  get exported(): ReadonlyMap<string, string> {
    if (this.#exported !== undefined) return this.#exported
    const env = new Map<string, string>()
    for (const scope of this.#scopes)
      for (const [name, { isExported, value }] of scope)
        if (isExported && typeof value === 'string') env.set(name, value)
        else env.delete(name)
    this.#exported = env
    return env
  }

  #find(name: string): Map<string, Variable> | undefined {
    for (let at = this.#scopes.length - 1; at >= 0; at--)
      if (this.#scopes[at]?.has(name)) return this.#scopes[at]
    return undefined
  }

  #write(scope: Map<string, Variable> | undefined, name: string, variable: Variable): void {
    const old = scope?.get(name)
    if (old?.isReadonly) throw new ReadonlyVariable(name)
    if (old?.isExported || variable.isExported) this.#exported = undefined
    scope?.set(name, variable)
  }
}

/** The elements of an indexed array by index, in order; a text is element 0. */
export function indexedOf(value: Value): ReadonlyMap<number, string> {
  if (value === undefined) return new Map()
  if (typeof value === 'string') return new Map([[0, value]])
  const entries = [...value].filter((entry): entry is [number, string] => typeof entry[0] === 'number')
  return new Map(entries.sort(([a], [b]) => a - b))
}

export function associativeOf(value: Value): ReadonlyMap<string, string> {
  if (value === undefined) return new Map()
  if (typeof value === 'string') return new Map([['0', value]])
  return new Map([...value].map(([key, text]) => [String(key), text]))
}

/** Keys and texts in the order in which bash lists them. */
export function elementsOf(variable: Variable | undefined): readonly (readonly [string, string])[] {
  if (variable === undefined || variable.value === undefined) return []
  if (variable.isArray === 'associative') {
    const entries = [...associativeOf(variable.value)].reverse()
    return entries.sort(([a], [b]) => bucketOf(a) - bucketOf(b))
  }
  return [...indexedOf(variable.value)].map(([index, text]) => [String(index), text])
}

export function scalarOf(value: Value): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  for (const [key, text] of value) if (key === 0 || key === '0') return text
  return undefined
}

function recase(variable: Variable | undefined, text: string): string {
  if (variable?.letters === undefined) return text
  return variable.letters === 'upper' ? text.toUpperCase() : text.toLowerCase()
}

const FNV_OFFSET = 2_166_136_261
const FNV_PRIME = 16_777_619
const ASSOC_HASH_BUCKETS = 1024

/** hash_string() of bash 5.2's hashlib.c: an associative array is listed bucket by bucket, the newest first. */
function bucketOf(key: string): number {
  let hash = FNV_OFFSET
  for (const byte of new TextEncoder().encode(key)) hash = Math.imul(hash, FNV_PRIME) ^ byte
  return (hash >>> 0) % ASSOC_HASH_BUCKETS
}

export const isName = (text: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text)
