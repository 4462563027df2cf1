import type { Cell } from '../clock.ts'
import type { SystemdRelease } from '../formats/systemd-release.ts'
import type { Process } from '../process.ts'
import { DependencyGraph } from './graph.ts'
import { type LoaderParts, UnitLoader, type Warn } from './load.ts'
import { DEAD, isInactiveOrFailed, type SystemdState, type UnitConfig, type UnitRuntime } from './state.ts'
import { UnitPath } from './unit-path.ts'

export interface UnitsParts {
  readonly cell: Cell<SystemdState>
  /** PID 1. */
  readonly process: () => Process
  readonly warn: Warn
  /** Of a unit that needs no file: what it is called. */
  readonly builtIn: LoaderParts['builtIn']
  /** What was read when the files were the image's; undefined where the packages' units are not as they were. */
  readonly image: () => UnitsRead | undefined
  readonly release: SystemdRelease
}

/** Machines that have the same units in memory, as forks do, have one graph. */
const graphs = new WeakMap<
  SystemdState['configs'],
  { readonly aliases: SystemdState['aliases']; readonly graph: DependencyGraph }
>()

/** What reading the units came to. */
export type UnitsRead = Pick<SystemdState, 'configs' | 'aliases' | 'pathCache'>

/**
 * The units in memory. One that is inactive, has no job and is named by none of the others is forgotten, with all that
 * became of it (unit_gc_sweep() of src/core/manager.c): whoever asks for it again reads its files again.
 */
export class Units {
  readonly #cell: Cell<SystemdState>
  readonly #process: () => Process
  readonly #warn: Warn
  readonly #builtIn: LoaderParts['builtIn']
  readonly #image: () => UnitsRead | undefined
  readonly #release: SystemdRelease
  #loader: UnitLoader | undefined
  #swept: SystemdState | undefined
  #hasChanged: boolean | undefined

  constructor(parts: UnitsParts) {
    this.#cell = parts.cell
    this.#process = parts.process
    this.#warn = parts.warn
    this.#builtIn = parts.builtIn
    this.#image = parts.image
    this.#release = parts.release
  }

  /** The unit of a name or alias, as it was read when it came into memory. */
  config(name: string): UnitConfig {
    const state = this.#cell.value
    const known = state.configs.get(state.aliases.get(name) ?? name)
    if (known !== undefined && (known.loadState !== 'not-found' || this.#isUnchanged())) return known
    const config = this.#ofImage(name) ?? this.loader.load(name)
    this.#remember(config)
    return config
  }

  /** What was read of the image's own file, where that is there and nothing but the package speaks of the unit. */
  #ofImage(name: string): UnitConfig | undefined {
    const image = this.#image()
    const known = image?.configs.get(image.aliases.get(name) ?? name)
    if (
      known === undefined ||
      (known.fragmentPath !== '' && !known.fragmentPath.startsWith(`${this.#release.vendorPath}/`))
    )
      return undefined
    return this.loader.path.isTouchedOutside(this.#release.vendorPath, known) ? undefined : known
  }

  runtime(id: string): UnitRuntime {
    return this.#cell.value.runtimes.get(id) ?? DEAD
  }

  change(id: string, change: Partial<UnitRuntime>): void {
    const { value } = this.#cell
    this.#cell.value = { ...value, runtimes: value.runtimes.set(id, { ...this.runtime(id), ...change }) }
  }

  changeAll(runtimes: ReadonlyMap<string, UnitRuntime>): void {
    const { value } = this.#cell
    this.#cell.value = { ...value, runtimes: value.runtimes.concat(runtimes) }
  }

  /** Dependencies of the units in memory; reading one that is named brings it there. */
  get graph(): DependencyGraph {
    const { configs, aliases } = this.#cell.value
    const known = graphs.get(configs)
    if (known?.aliases === aliases) return known.graph
    const graph = new DependencyGraph(configs, name => aliases.get(name) ?? name)
    graphs.set(configs, { aliases, graph })
    return graph
  }

  /** The files as they are now; kept while one request is worked on. */
  get loader(): UnitLoader {
    if (this.#loader === undefined) {
      this.#loader = this.#newLoader(this.#warn)
      const stamp = UnitPath.stamp(this.#process(), this.#release)
      if (stamp !== this.#cell.value.pathCache.stamp) this.#refreshPathCache(stamp)
      this.#hasChanged = false
    }
    return this.#loader
  }

  #newLoader(warn: Warn): UnitLoader {
    const builtIn = this.#builtIn
    return new UnitLoader({ process: this.#process(), warn, builtIn, release: this.#release })
  }

  /** Another request may find other files. */
  forgetFiles(): void {
    this.#loader = undefined
    this.#hasChanged = undefined
  }

  /** manager_unit_cache_should_retry_load(): a missing unit is looked for again when a directory has changed. */
  #isUnchanged(): boolean {
    this.#hasChanged ??= UnitPath.stamp(this.#process(), this.#release) !== this.#cell.value.pathCache.stamp
    return !this.#hasChanged
  }

  /** NeedDaemonReload. */
  isStale(config: UnitConfig): boolean {
    const known = new Set(this.#cell.value.pathCache.directories)
    return this.#newLoader(() => undefined).isStale(config, this.#release.seesNewDropIns ? undefined : known)
  }

  /** Forgets what nothing keeps. */
  sweep(): void {
    if (this.#swept === this.#cell.value) return
    const kept = this.#reachable()
    const { value } = this.#cell
    const forgotten = [...value.configs.keys(), ...value.runtimes.keys()].filter(id => !kept.has(id))
    if (forgotten.length > 0) {
      this.#cell.value = {
        ...value,
        configs: value.configs.deleteAll(forgotten),
        aliases: value.aliases.filter(id => kept.has(id)),
        runtimes: value.runtimes.deleteAll(forgotten),
      }
    }
    this.#swept = this.#cell.value
  }

  /** Reads all units in memory again: daemon-reload. */
  reload(): void {
    const { value } = this.#cell
    const ids = [...value.runtimes.keys()].filter(id => this.#isRoot(id))
    this.#cell.value = {
      ...value,
      configs: value.configs.clear(),
      aliases: value.aliases.clear(),
      pathCache: { stamp: '', directories: [] },
    }
    this.#loader = undefined
    this.loadClosure(ids)
  }

  /** What was read from the files of an image, which nobody has touched. */
  get read(): UnitsRead {
    const { configs, aliases, pathCache } = this.#cell.value
    return { configs, aliases, pathCache }
  }

  set read(read: UnitsRead) {
    this.#cell.value = { ...this.#cell.value, ...read }
    this.#hasChanged = false
  }

  /** Units, and all that they name, and so on. */
  loadClosure(names: readonly string[]): void {
    const seen = new Set<string>()
    const pending = [...names]
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (seen.has(name)) continue
      seen.add(name)
      for (const others of Object.values(this.config(name).dependencies)) pending.push(...others)
    }
  }

  #remember(config: UnitConfig): void {
    const { value } = this.#cell
    let { aliases } = value
    for (const name of config.names) if (name !== config.id) aliases = aliases.set(name, config.id)
    this.#cell.value = { ...value, configs: value.configs.set(config.id, config), aliases }
  }

  #refreshPathCache(stamp: string): void {
    const directories = this.#loader?.path.directories() ?? []
    this.#cell.value = { ...this.#cell.value, pathCache: { stamp, directories } }
  }

  #isRoot(id: string): boolean {
    const { activeState } = this.runtime(id)
    return activeState === 'failed' || !isInactiveOrFailed(activeState) || this.#cell.value.jobs.has(id)
  }

  #reachable(): ReadonlySet<string> {
    const { configs, runtimes, aliases, jobs } = this.#cell.value
    const kept = new Set<string>()
    const pending = [...new Set([...runtimes.keys(), ...jobs.keys()])].filter(id => this.#isRoot(id))
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      const id = aliases.get(name) ?? name
      if (kept.has(id)) continue
      kept.add(id)
      const config = configs.get(id)
      if (config !== undefined) for (const other of namedBy(config)) if (!kept.has(other)) pending.push(other)
    }
    return kept
  }
}

const named = new WeakMap<UnitConfig, readonly string[]>()

/** The units that a unit names in its dependencies, each once. */
function namedBy(config: UnitConfig): readonly string[] {
  const known = named.get(config)
  if (known !== undefined) return known
  const names = [...new Set(Object.values(config.dependencies).flat())]
  named.set(config, names)
  return names
}
