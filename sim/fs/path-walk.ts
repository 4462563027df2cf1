import type { Map as PersistentMap } from 'immutable'
import { KernelError } from '../../src/host/errno.ts'
import { encodeText } from '../../src/host/surrogate-escape.ts'
import type { Credentials } from '../kernel/credentials.ts'
import type { Mount, MountTable } from '../kernel/mounts.ts'
import type { Driver, NodeId } from './driver.ts'
import type { OpenFile } from './open-file.ts'
import { check } from './permission.ts'
import { namingOf, type TreeState } from './tree.ts'

/** Who makes a system call, and from where. */
export interface Caller {
  readonly pid: number
  readonly cwd: string
  readonly umask: number
  readonly credentials: Credentials
  /** Opens what `/dev/fd/N` of this process is: another descriptor of the same description. */
  file?(fd: number): OpenFile
}

/** path_resolution(7): a link more than this is ELOOP. */
const MAX_SYMLINKS = 40
const NAME_MAX_BYTES = 255
const PATH_MAX_BYTES = 4096

/** Where a path led: the last component may not exist. */
export interface Resolved {
  readonly path: string
  readonly mount: Mount
  readonly driver: Driver
  /** Undefined when the last component is missing. */
  readonly node: NodeId | undefined
  readonly directory: NodeId
  readonly name: string
}

interface Walk {
  readonly caller: Caller
  followed: number
  /** Every name on the way was one of a stored file system: what it leads to changes only when one of them does. */
  isStored: boolean
}

/** Where root's paths led, as long as no name of a stored file system and no mount changes. */
interface DentryCache {
  /** Of each stored file system, what `namingOf` gives. */
  readonly namings: readonly object[]
  readonly mounts: unknown
  readonly resolved: Map<string, Omit<Resolved, 'driver'>>
}

/** Machines whose names are alike, as those of forks are, share what one of them has found; by the first file system. */
const shared = new WeakMap<object, DentryCache>()

const MAX_DENTRIES = 10_000

/** File systems that store, by superblock id. */
export type Trees = PersistentMap<string, TreeState>

/** path_resolution(7): from a path to a file of a mounted file system, with the permission of every directory on the way. */
export class PathWalk {
  readonly #mounts: MountTable
  readonly #driver: (superblock: string) => Driver
  readonly #stored: () => Trees
  #dentries: DentryCache = { namings: [], mounts: undefined, resolved: new Map() }
  /** The file systems that the cache was last found right for. */
  #checked: Trees | undefined

  /** `stored` gives the state of all stored file systems: another value after every change. */
  constructor(mounts: MountTable, driver: (superblock: string) => Driver, stored: () => Trees) {
    this.#mounts = mounts
    this.#driver = driver
    this.#stored = stored
  }

  /** Where a path leads; its last component may be missing. */
  resolve(caller: Caller, path: string, isFollowing = true): Resolved {
    if (path === '') throw new KernelError('ENOENT')
    if (path.length >= PATH_MAX_BYTES / 4 && encodeText(path).length >= PATH_MAX_BYTES)
      throw new KernelError('ENAMETOOLONG')
    const absolute = path.startsWith('/') ? path : `${caller.cwd}/${path}`
    // Whom no directory stops, path_resolution(7) leads to the same place every time.
    if (!caller.credentials.capabilities.has('cap_dac_override'))
      return this.#fromRoot(caller, absolute, isFollowing).at
    const { resolved } = this.#currentDentries()
    const key = isFollowing ? absolute : `${absolute}\0`
    const known = resolved.get(key)
    if (known !== undefined) return { ...known, driver: this.#driver(known.mount.superblock) }
    const { at, isStored } = this.#fromRoot(caller, absolute, isFollowing)
    if (isStored && resolved.size < MAX_DENTRIES) resolved.set(key, withoutDriver(at))
    return at
  }

  #currentDentries(): DentryCache {
    const [stored, mounts] = [this.#stored(), this.#mounts.all]
    if (this.#checked === stored && this.#dentries.mounts === mounts) return this.#dentries
    const namings = [...stored.values()].map(namingOf)
    if (!isOf(this.#dentries, namings, mounts)) this.#dentries = dentriesOf(namings, mounts)
    this.#checked = stored
    return this.#dentries
  }

  #fromRoot(caller: Caller, path: string, isFollowing: boolean): { at: Resolved; isStored: boolean } {
    const mount = this.#mounts.over(undefined, '/')
    if (mount === undefined) throw new KernelError('ENOENT')
    const driver = this.#driver(mount.superblock)
    const node = mountRoot(mount, driver)
    const root: Resolved = { path: '/', mount, driver, node, directory: node, name: '' }
    const walk: Walk = { caller, followed: 0, isStored: true }
    const at = this.#walk(root, path, { walk, isFollowing })
    return { at, isStored: walk.isStored }
  }

  #walk(from: Resolved, path: string, options: { walk: Walk; isFollowing: boolean }): Resolved {
    const { walk } = options
    let at = from
    const names = path.split('/').filter(name => name !== '')
    const mustBeDirectory = /\/\.?$/.test(path)
    for (const [index, name] of names.entries()) {
      const isLast = index === names.length - 1
      at = this.#step(at, name, walk)
      if (at.node === undefined) {
        if (!isLast) throw new KernelError('ENOENT')
        return at
      }
      const { target } = at.driver.getattr(at.node, walk.caller)
      if (target !== undefined && (!isLast || options.isFollowing || mustBeDirectory)) {
        if (++walk.followed > MAX_SYMLINKS) throw new KernelError('ELOOP')
        at = this.#walk(this.#linkBase(at, target), target, { walk, isFollowing: true })
        if (at.node === undefined && !isLast) throw new KernelError('ENOENT')
      }
    }
    if (mustBeDirectory && at.node !== undefined && at.driver.getattr(at.node).type !== 'directory')
      throw new KernelError('ENOTDIR')
    return at
  }

  /** Where a symlink's target starts: the root, or the directory that holds the link. */
  #linkBase(link: Resolved, target: string): Resolved {
    if (target.startsWith('/')) {
      const mount = this.#mounts.over(undefined, '/') ?? link.mount
      const driver = this.#driver(mount.superblock)
      const node = mountRoot(mount, driver)
      return { path: '/', mount, driver, node, directory: node, name: '' }
    }
    return { ...link, path: parentPath(link.path), node: link.directory, directory: link.directory, name: '' }
  }

  #step(at: Resolved, name: string, walk: Walk): Resolved {
    const { driver, node } = at
    if (typeof driver.root !== 'number') walk.isStored = false
    if (node === undefined) throw new KernelError('ENOENT')
    const attributes = driver.getattr(node)
    if (attributes.type !== 'directory') throw new KernelError('ENOTDIR')
    check(walk.caller.credentials, attributes, 'execute')
    if (name === '.') return at
    if (name === '..') return this.#up(at, node)
    if (name.length > NAME_MAX_BYTES / 4 && encodeText(name).length > NAME_MAX_BYTES)
      throw new KernelError('ENAMETOOLONG')
    const path = at.path === '/' ? `/${name}` : `${at.path}/${name}`
    const child = driver.lookup(node, name, walk.caller)
    const below = { ...at, path, node: child, directory: node, name }
    const mount = child === undefined ? undefined : this.#mounts.over(at.mount, path)
    if (mount === undefined) return below
    const mounted = this.#driver(mount.superblock)
    if (typeof mounted.root !== 'number') walk.isStored = false
    return { ...below, mount, driver: mounted, node: mountRoot(mount, mounted) }
  }

  /** `..`, which leaves a mount at its root. */
  #up(at: Resolved, node: NodeId): Resolved {
    if (at.path === '/') return at
    const path = parentPath(at.path)
    if (at.mount.target !== at.path) {
      const parent = at.driver.parent(node)
      return { ...at, path, node: parent, directory: parent, name: '' }
    }
    return this.#walk(this.#linkBase(at, '/'), path, {
      walk: { caller: KERNEL, followed: 0, isStored: true },
      isFollowing: false,
    })
  }
}

const isOf = (cache: DentryCache, namings: readonly object[], mounts: unknown): boolean =>
  cache.mounts === mounts &&
  cache.namings.length === namings.length &&
  cache.namings.every((naming, at) => naming === namings[at])

function dentriesOf(namings: readonly object[], mounts: unknown): DentryCache {
  const [first] = namings
  const known = first === undefined ? undefined : shared.get(first)
  if (known !== undefined && isOf(known, namings, mounts)) return known
  const made = { namings, mounts, resolved: new Map() }
  if (first !== undefined) shared.set(first, made)
  return made
}

/** Drivers are each machine's own. */
const withoutDriver = ({ driver: _, ...rest }: Resolved): Omit<Resolved, 'driver'> => rest

/** Lookups that the kernel makes for itself are not checked. */
const KERNEL: Caller = {
  pid: 0,
  cwd: '/',
  umask: 0,
  credentials: {
    uid: 0,
    gid: 0,
    groups: [],
    capabilities: new Set(['cap_dac_override', 'cap_dac_read_search']),
  },
}

const mountRoot = (mount: Mount, driver: Driver): NodeId => mount.rootNode ?? driver.root

const parentPath = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 1))
