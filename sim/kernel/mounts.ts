import type { Cell } from '../clock.ts'

/** One row of the mount table. File systems are named by an id of the machine; what they hold is not known here. */
export interface Mount {
  readonly id: number
  readonly parentId: number
  /** Which file system, an id that the machine gave it. */
  readonly superblock: string
  readonly fstype: string
  readonly source: string
  /** Absolute path of the mount point. */
  readonly target: string
  /** The path within the file system that is seen there, for mountinfo. */
  readonly root: string
  /** Its node, where it is not the file system's own root (a bind mount). */
  readonly rootNode?: number | string
  readonly options: readonly string[]
  readonly superOptions: string
  readonly majorMinor: string
}

/** The mount table of PID 1's namespace, oldest first. */
export type MountsState = readonly Mount[]

/** Derived from a table, and kept as long as it: every step of a path asks. */
const newestByTarget = new WeakMap<MountsState, ReadonlyMap<string, Mount>>()

/** Which file system is seen where. */
export class MountTable {
  readonly #cell: Cell<MountsState>

  constructor(cell: Cell<MountsState>) {
    this.#cell = cell
  }

  get all(): MountsState {
    return this.#cell.value
  }

  /** The mount whose root is at a path: the newest one, which hides those below it. */
  at(target: string): Mount | undefined {
    const state = this.#cell.value
    let index = newestByTarget.get(state)
    if (index === undefined) {
      index = new Map(state.map(mount => [mount.target, mount]))
      newestByTarget.set(state, index)
    }
    return index.get(target)
  }

  /** The mount that a path lies in. */
  covering(path: string): Mount | undefined {
    for (let at = path; ; at = at.slice(0, Math.max(at.lastIndexOf('/'), 1))) {
      const mount = this.at(at)
      if (mount !== undefined || at === '/') return mount
      if (at.lastIndexOf('/') === 0) return this.at('/')
    }
  }

  add(mount: Omit<Mount, 'id' | 'parentId'>): Mount {
    const id = Math.max(0, ...this.#cell.value.map(other => other.id)) + 1
    const parentId = this.covering(mount.target)?.id ?? 0
    const added = { ...mount, id, parentId }
    this.#cell.value = [...this.#cell.value, added]
    return added
  }

  remove(id: number): void {
    this.#cell.value = this.#cell.value.filter(mount => mount.id !== id)
  }

  /** mount -o remount: other options, the same file system. */
  setOptions(id: number, options: readonly string[]): void {
    this.#cell.value = this.#cell.value.map(mount => (mount.id === id ? { ...mount, options } : mount))
  }
}
