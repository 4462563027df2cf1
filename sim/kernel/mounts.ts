import { Unsimulated } from '../../src/host/host.ts'
import type { Cell } from '../clock.ts'
import {
  changePropagation,
  followersOf,
  freePeerGroup,
  insideOf,
  type Propagation,
  type PropagationType,
  placeIn,
  withoutEmptyGroups,
} from './propagation.ts'

/** A directory of a mounted file system: what an overlay is made of. */
export interface Layer {
  /** Its file system, which lives as long as the overlay does. */
  readonly superblock: string
  readonly node: number | string
}

/** The directories of an overlay, found when it was mounted: what their paths mean later changes nothing. */
export interface OverlayLayers {
  /** The uppermost first. */
  readonly lower: readonly Layer[]
  /** Where changes go; none on a read-only overlay. */
  readonly upper?: Layer
}

/** One row of the mount table. File systems are named by an id of the machine; what they hold is not known here. */
export interface Mount extends Propagation {
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
  readonly overlay?: OverlayLayers
  /** The module of the file system, which stays as long as this is mounted. */
  readonly module?: string
}

/** A mount of a tree that is to be attached; `on` is the place in the tree of what it stands on, nothing for the first. */
export interface Branch {
  readonly mount: Omit<Mount, 'id' | 'parentId'>
  readonly on?: number
}

/** The mount table of PID 1's namespace, oldest first. */
export type MountsState = readonly Mount[]

/** Derived from a table, and kept as long as it: every step of a path asks. */
interface Index {
  readonly targets: ReadonlySet<string>
  /** The newest by parent and target. */
  readonly byPlace: ReadonlyMap<string, Mount>
}

const indexes = new WeakMap<MountsState, Index>()

const placeOf = (parentId: number, target: string): string => `${parentId} ${target}`

/**
 * Which file system is seen where. A mount stands on one other mount, at a path: what is mounted below a place that
 * something else hides is hidden with it.
 */
export class MountTable {
  readonly #cell: Cell<MountsState>

  constructor(cell: Cell<MountsState>) {
    this.#cell = cell
  }

  get all(): MountsState {
    return this.#cell.value
  }

  /** The mount whose root is at a path, as one sees it from `/`. */
  at(target: string): Mount | undefined {
    if (!this.#index.targets.has(target)) return undefined
    const covering = this.covering(target)
    return covering?.target === target ? covering : undefined
  }

  /** The mount that one comes to at a path of another one; the uppermost, where several are stacked. */
  over(below: Mount | undefined, target: string): Mount | undefined {
    const { targets, byPlace } = this.#index
    if (!targets.has(target)) return undefined
    let found: Mount | undefined
    for (let id = below?.id ?? 0; ; ) {
      const next = byPlace.get(placeOf(id, target))
      if (next === undefined) return found
      found = next
      id = next.id
    }
  }

  /** The mount that a path lies in. */
  covering(path: string): Mount | undefined {
    let mount = this.over(undefined, '/')
    if (path === '/') return mount
    for (let slash = path.indexOf('/', 1); ; slash = path.indexOf('/', slash + 1)) {
      mount = this.over(mount, slash < 0 ? path : path.slice(0, slash)) ?? mount
      if (slash < 0) return mount
    }
  }

  /** The mounts that stand on one, and those that stand on them, the older first. */
  above(id: number): readonly Mount[] {
    const found = new Set([id])
    for (let size = 0; size !== found.size; ) {
      size = found.size
      for (const mount of this.all) if (found.has(mount.parentId)) found.add(mount.id)
    }
    return this.all.filter(mount => mount.id !== id && found.has(mount.id))
  }

  /** On the mount that covers the place, unless another one is named. */
  add(mount: Omit<Mount, 'id' | 'parentId'>, on = this.covering(mount.target)?.id ?? 0): Mount {
    const taken = new Set(this.all.map(other => other.id))
    let id = this.all[0]?.id ?? 1
    while (taken.has(id)) id++
    const added = { ...mount, id, parentId: on }
    this.#cell.value = [...this.all, added]
    return added
  }

  /**
   * A mount with what stands on it (each after what it stands on, which is named by its place in the list), put on another
   * mount; where that is shared, on all that follow it too: attach_recursive_mnt() of fs/namespace.c.
   */
  attach(tree: readonly Branch[], parent: Mount, target: string): Mount {
    const isShared = parent.peerGroup !== undefined
    const inside = insideOf(parent, target)
    const followers = followersOf(this.all, parent)
    const mounts: Omit<Mount, 'id' | 'parentId'>[] = []
    for (const { mount } of tree) {
      const peerGroup = mount.peerGroup ?? this.#groupBeside(mounts)
      mounts.push(isShared ? { ...mount, peerGroup } : mount)
    }
    const added = this.#addTree(tree, mounts, { on: parent.id, target })
    for (const { mount: follower, via } of followers) {
      const place = placeIn(follower, inside)
      if (place === undefined) continue
      const copies = mounts.map(mount => (via === undefined ? mount : slaveOf(mount, follower)))
      this.#addTree(tree, copies, { on: follower.id, target: place })
    }
    return added
  }

  /** A free peer group, beside those that are being given out. */
  #groupBeside(mounts: readonly Omit<Mount, 'id' | 'parentId'>[]): number {
    const taken = new Set(mounts.map(({ peerGroup }) => peerGroup))
    let group = freePeerGroup(this.all)
    while (taken.has(group) || this.all.some(({ peerGroup }) => peerGroup === group)) group++
    return group
  }

  #addTree(
    tree: readonly Branch[],
    mounts: readonly Omit<Mount, 'id' | 'parentId'>[],
    { on, target }: { readonly on: number; readonly target: string },
  ): Mount {
    const base = mounts[0]?.target ?? target
    const ids: number[] = []
    let top: Mount | undefined
    for (const [at, mount] of mounts.entries()) {
      const above = tree[at]?.on
      const place = mount.target === base ? target : rebased(mount.target, base, target)
      const added = this.add({ ...mount, target: place }, above === undefined ? on : (ids[above] ?? on))
      ids.push(added.id)
      top ??= added
    }
    if (top === undefined) throw new Error('an empty tree of mounts')
    return top
  }

  /** What else goes when a mount goes: the mounts at the same place of all that follow its parent. */
  following(mount: Mount): readonly Mount[] {
    const parent = this.all.find(({ id }) => id === mount.parentId)
    if (parent === undefined) return []
    const inside = insideOf(parent, mount.target)
    return followersOf(this.all, parent).flatMap(({ mount: follower }) => {
      const place = placeIn(follower, inside)
      const found = place === undefined ? undefined : this.#index.byPlace.get(placeOf(follower.id, place))
      return found === undefined || found.id === mount.id ? [] : [found]
    })
  }

  /** mount --make-shared and its kin, of one mount or of all that stand on it as well. */
  setPropagation(id: number, type: PropagationType, isRecursive: boolean): void {
    const ids = [id, ...(isRecursive ? this.above(id).map(mount => mount.id) : [])]
    this.#cell.value = changePropagation(this.all, ids, type)
  }

  remove(id: number): void {
    const gone = this.all.find(mount => mount.id === id)
    const left = this.all.filter(mount => mount.id !== id)
    this.#cell.value = gone === undefined ? left : withoutEmptyGroups(left, gone)
  }

  /** mount -o remount,bind: other options, the same file system. */
  setOptions(id: number, options: readonly string[]): void {
    this.#change(mount => (mount.id === id ? { ...mount, options } : mount))
  }

  /** mount -o remount: all mounts of the file system show it. */
  setSuperOptions(superblock: string, superOptions: string): void {
    this.#change(mount => (mount.superblock === superblock ? { ...mount, superOptions } : mount))
  }

  /** mount --move: another place, with all that stands on it. */
  move(id: number, place: { readonly parentId: number; readonly target: string }): void {
    const moved = this.all.find(mount => mount.id === id)
    if (moved === undefined) return
    const above = new Set(this.above(id))
    this.#change(mount => {
      if (mount === moved) return { ...mount, ...place }
      return above.has(mount)
        ? { ...mount, target: rebased(mount.target, moved.target, place.target) }
        : mount
    })
  }

  /** rename(2) of a directory: what stands on mounts below it goes along. */
  renamed(mountId: number, from: string, to: string): void {
    if (![...this.#index.targets].some(target => target.startsWith(`${from}/`))) return
    const above = new Set(this.above(mountId))
    this.#change(mount =>
      above.has(mount) && mount.target.startsWith(`${from}/`)
        ? { ...mount, target: rebased(mount.target, from, to) }
        : mount,
    )
  }

  /** The lowest free number of an anonymous device: get_anon_bdev() of fs/super.c. */
  freeDevice(): string {
    const taken = new Set(this.all.map(mount => mount.majorMinor))
    let minor = Math.min(...this.all.map(({ majorMinor }) => minorOfAnonymous(majorMinor)))
    if (!Number.isFinite(minor)) minor = 1
    while (taken.has(`0:${minor}`)) minor++
    return `0:${minor}`
  }

  #change(change: (mount: Mount) => Mount): void {
    this.#cell.value = this.all.map(change)
  }

  get #index(): Index {
    const state = this.#cell.value
    let index = indexes.get(state)
    if (index === undefined) {
      index = {
        targets: new Set(state.map(mount => mount.target)),
        byPlace: new Map(state.map(mount => [placeOf(mount.parentId, mount.target), mount])),
      }
      indexes.set(state, index)
    }
    return index
  }
}

/** Whether writing is refused: by the mount, or by its file system. */
export const isReadOnly = (mount: Mount): boolean =>
  mount.options.includes('ro') || mount.superOptions.split(',').includes('ro')

/** What a follower at a distance gets: a slave of the copy's group, shared among its own peers. */
function slaveOf(mount: Omit<Mount, 'id' | 'parentId'>, follower: Mount): Omit<Mount, 'id' | 'parentId'> {
  if (follower.peerGroup !== undefined)
    throw new Unsimulated('mount(2)', 'propagation to a mount that is both slave and shared')
  const { peerGroup, ...rest } = mount
  return peerGroup === undefined ? rest : { ...rest, master: peerGroup }
}

const rebased = (path: string, from: string, to: string): string =>
  `${to === '/' ? '' : to}${path.slice(from.length)}` || '/'

function minorOfAnonymous(majorMinor: string): number {
  const [major, minor] = majorMinor.split(':')
  return major === '0' ? Number(minor) : Number.POSITIVE_INFINITY
}
