import type { UnitConfig } from './state.ts'

/** Kinds of dependency, read from the other end: RequiredBy, WantedBy, ConflictedBy. */
interface Edges {
  readonly forward: ReadonlyMap<string, ReadonlySet<string>>
  readonly inverse: ReadonlyMap<string, ReadonlySet<string>>
}

/** Dependencies of all units in memory, in both directions, with aliases resolved. */
export class DependencyGraph {
  readonly #configs: ReadonlyMap<string, UnitConfig>
  readonly #idOf: (name: string) => string
  readonly #edges = new Map<string, Edges>()
  readonly #after = new Map<string, readonly string[]>()
  readonly #before = new Map<string, readonly string[]>()

  constructor(configs: ReadonlyMap<string, UnitConfig>, idOf: (name: string) => string) {
    this.#configs = configs
    this.#idOf = idOf
  }

  /** Units that a unit names in any of these settings. */
  of(id: string, ...kinds: readonly string[]): readonly string[] {
    return [...new Set(kinds.flatMap(kind => [...(this.#kind(kind).forward.get(id) ?? [])]))]
  }

  /** Units that name this one in any of these settings. */
  by(id: string, ...kinds: readonly string[]): readonly string[] {
    return [...new Set(kinds.flatMap(kind => [...(this.#kind(kind).inverse.get(id) ?? [])]))]
  }

  /** Units that this one comes after, whoever says so. */
  after(id: string): readonly string[] {
    return cached(this.#after, id, () => [
      ...new Set([...this.of(id, 'After'), ...this.by(id, 'Before'), ...this.#targetDefaults(id)]),
    ])
  }

  before(id: string): readonly string[] {
    return cached(this.#before, id, () => {
      const targets = this.by(id, 'Wants', 'Requires').filter(target =>
        this.#targetDefaults(target).includes(id),
      )
      return [...new Set([...this.of(id, 'Before'), ...this.by(id, 'After'), ...targets])]
    })
  }

  /** unit_add_default_target_dependency(): a target is reached after what it wants, unless something says otherwise. */
  #targetDefaults(id: string): readonly string[] {
    const config = this.#configs.get(id)
    if (!id.endsWith('.target') || config?.hasDefaultDependencies !== true) return []
    const stated = new Set([...this.of(id, 'Before'), ...this.by(id, 'After')])
    return this.of(id, 'Wants', 'Requires').filter(
      other => this.#configs.get(other)?.hasDefaultDependencies === true && !stated.has(other),
    )
  }

  #kind(kind: string): Edges {
    const known = this.#edges.get(kind)
    if (known !== undefined) return known
    const forward = new Map<string, Set<string>>()
    const inverse = new Map<string, Set<string>>()
    for (const { id, dependencies } of this.#configs.values())
      for (const name of dependencies[kind] ?? []) {
        const other = this.#idOf(name)
        add(forward, id, other)
        add(inverse, other, id)
      }
    const edges = { forward, inverse }
    this.#edges.set(kind, edges)
    return edges
  }
}

function add(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key)
  if (set === undefined) sets.set(key, new Set([value]))
  else set.add(value)
}

function cached<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
