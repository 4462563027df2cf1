import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { isCapable } from '../kernel/credentials.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { type Branch, isReadOnly, type Layer, type Mount } from '../kernel/mounts.ts'
import type { PropagationType } from '../kernel/propagation.ts'
import type { Driver, NodeId } from './driver.ts'
import type { OpenFile } from './open-file.ts'
import type { Caller } from './path-walk.ts'
import { Superblocks } from './superblocks.ts'
import type { TreeState } from './tree.ts'
import type { FileSystem } from './vfs.ts'

/** Flags of mount(2), by the names that mount(8) has for them; no atime flag is `relatime`. */
export type MountFlag =
  | 'ro'
  | 'nosuid'
  | 'nodev'
  | 'noexec'
  | 'noatime'
  | 'nodiratime'
  | 'relatime'
  | 'strictatime'
  | 'nosymfollow'

export interface MountRequest {
  readonly source: string
  readonly target: string
  readonly fstype: string
  readonly flags: ReadonlySet<MountFlag>
  /** What the file system itself is told. */
  readonly data: readonly string[]
}

/** What mounting needs of the machine: the file systems that there are, and who uses them. */
export interface MountingContext {
  readonly fs: FileSystem
  readonly kernel: Kernel
  seconds(): number
  driver(superblock: string): Driver
  /** A new stored file system. */
  keep(superblock: string, tree: TreeState): void
  /** The last mount of a file system is gone. */
  drop(superblock: string): void
  processes(): Iterable<{ readonly cwd: string; readonly files: ReadonlyMap<number, OpenFile> }>
}

/** In the order of show_mnt_opts() of fs/proc_namespace.c. */
const SHOWN_FLAGS: readonly MountFlag[] = [
  'nosuid',
  'nodev',
  'noexec',
  'noatime',
  'nodiratime',
  'relatime',
  'nosymfollow',
]

/** mount(2) and umount(2). Throws `KernelError`. */
export class Mounting {
  readonly #context: MountingContext
  readonly #superblocks: Superblocks

  constructor(context: MountingContext) {
    this.#context = context
    this.#superblocks = new Superblocks(context)
  }

  /** Whether the kernel knows a type: mount(2) loads the module `fs-TYPE` where it does not. */
  isKnown(fstype: string): boolean {
    return this.#context.kernel.modules.filesystems.some(({ name }) => name === fstype)
  }

  /** A new mount of a file system that is made for it, or that exists once. ENODEV for an unknown type. */
  mount(caller: Caller, request: MountRequest): void {
    const at = this.#place(caller, request.target)
    if (!this.isKnown(request.fstype)) throw new KernelError('ENODEV')
    const made = this.#superblocks.make(caller, request)
    const stacked = at.mount.target === at.path && at.mount.superblock === made.superblock
    if (stacked) throw new KernelError('EBUSY')
    if (!at.isDirectory) throw new KernelError('ENOTDIR')
    const options = [request.flags.has('ro') ? 'ro' : 'rw', ...shownFlags(request.flags)]
    const module = this.#holdModule(request.fstype)
    this.#add(at, { ...made, target: at.path, root: '/', options, ...(module ? { module } : {}) })
  }

  /** MS_BIND: what is at `source` is seen at `target` too; with MS_REC what is mounted below it as well. */
  bind(caller: Caller, source: string, target: string, isRecursive: boolean): void {
    const at = this.#place(caller, target)
    const from = this.#context.fs.mountOf(caller, source)
    const isDirectory = from.driver.getattr(from.node, caller).type === 'directory'
    if (from.mount.isUnbindable) throw new KernelError('EINVAL')
    if (isDirectory !== at.isDirectory) throw new KernelError('ENOTDIR')
    const tree: Branch[] = [{ mount: { ...boundMount(from), target: from.path } }]
    if (isRecursive) this.#copyBelow(from, tree)
    this.#checkNobodyIn(at.path)
    this.#table.attach(tree, at.mount, at.path)
  }

  /** What is mounted below a place, less what is unbindable and what stands on that: copy_tree() of fs/namespace.c. */
  #copyBelow(from: { readonly mount: Mount; readonly path: string }, tree: Branch[]): void {
    const places = new Map([[from.mount.id, 0]])
    for (const mount of this.#table.above(from.mount.id)) {
      const on = places.get(mount.parentId)
      const isBelow = mount.target.startsWith(from.path === '/' ? '/' : `${from.path}/`)
      if (on === undefined || !isBelow || mount.isUnbindable) continue
      const { id: _, parentId: __, ...copy } = mount
      places.set(mount.id, tree.length)
      tree.push({ mount: copy, on })
    }
  }

  /** mount --make-shared and its kin; EINVAL where nothing is mounted. */
  setPropagation(
    caller: Caller,
    target: string,
    { type, isRecursive }: { readonly type: PropagationType; readonly isRecursive: boolean },
  ): void {
    this.#table.setPropagation(this.#mountPoint(caller, target).mount.id, type, isRecursive)
  }

  /** MS_REMOUNT: other flags, and other options of the file system. With MS_BIND the flags of this mount alone. */
  remount(
    caller: Caller,
    request: Omit<MountRequest, 'source' | 'fstype'>,
    { isBind }: { readonly isBind: boolean },
  ): void {
    const { mount } = this.#mountPoint(caller, request.target)
    const { flags } = request
    const isWritable = !flags.has('ro')
    if (!isWritable && !isReadOnly(mount)) this.#checkNoWriters(mount, isBind)
    if (!isBind) this.#superblocks.reconfigure(mount, request)
    const hasTime = ['noatime', 'nodiratime', 'relatime', 'strictatime'].some(name =>
      flags.has(name as MountFlag),
    )
    const kept = hasTime ? [] : mount.options.filter(option => option.endsWith('atime'))
    const shown = new Set<string>([...(hasTime ? shownFlags(flags) : plainFlags(flags)), ...kept])
    this.#table.setOptions(mount.id, [
      isWritable ? 'rw' : 'ro',
      ...SHOWN_FLAGS.filter(option => shown.has(option)),
    ])
  }

  /** MS_MOVE. EINVAL where nothing is mounted at `source`, ELOOP onto a place below it. */
  move(caller: Caller, source: string, target: string): void {
    const at = this.#place(caller, target)
    const { mount, isDirectory } = this.#mountPoint(caller, source)
    if (mount.target === '/') throw new KernelError('EINVAL')
    if (isDirectory !== at.isDirectory) throw new KernelError('EINVAL')
    if (at.mount.id === mount.id || this.#table.above(mount.id).some(({ id }) => id === at.mount.id))
      throw new KernelError('ELOOP')
    this.#checkPropagation(mount, at.mount)
    this.#checkNobodyIn(mount.target)
    this.#checkNobodyIn(at.path)
    this.#table.move(mount.id, { parentId: at.mount.id, target: at.path })
  }

  /** umount2(2); with MNT_DETACH it is gone at once for all who look for it, however busy. EINVAL, EBUSY. */
  umount(caller: Caller, target: string, { isLazy }: { readonly isLazy: boolean }): void {
    if (!isCapable(caller.credentials, 'cap_sys_admin')) throw new KernelError('EPERM')
    const { mount } = this.#mountPoint(caller, target)
    if (mount.target === '/') throw new Unsimulated('umount(2)', 'of the root file system')
    const above = this.#table.above(mount.id)
    if (isLazy) this.#checkNobodyIn(mount.target)
    else if (above.length > 0 || this.#isUsed(mount)) throw new KernelError('EBUSY')
    for (const gone of [...above, mount].reverse()) this.#removeEverywhere(gone)
  }

  /** propagate_umount() of fs/pnode.c: what follows goes as well, unless something stands on it. */
  #removeEverywhere(mount: Mount): void {
    const following = this.#table.following(mount).filter(({ id }) => this.#table.above(id).length === 0)
    if (following.some(other => this.#isUsed(other))) throw new KernelError('EBUSY')
    for (const gone of [mount, ...following]) this.#remove(gone)
  }

  /** What stands on a shared mount cannot be moved away (do_move_mount()); moving onto one is not modelled. */
  #checkPropagation(mount: Mount, onto: Mount): void {
    const parent = this.#table.all.find(({ id }) => id === mount.parentId)
    if (parent?.peerGroup !== undefined) throw new KernelError('EINVAL')
    if (onto.peerGroup !== undefined) throw new Unsimulated('mount(2)', 'moving onto a shared mount')
  }

  get #table(): Kernel['mounts'] {
    return this.#context.kernel.mounts
  }

  /** Where something is to be mounted; EPERM, ENOENT. */
  #place(caller: Caller, target: string): Place {
    if (!isCapable(caller.credentials, 'cap_sys_admin')) throw new KernelError('EPERM')
    const { mount, driver, path, node } = this.#context.fs.mountOf(caller, target)
    return { mount, path, isDirectory: driver.getattr(node, caller).type === 'directory' }
  }

  /** EINVAL where nothing is mounted at a place. */
  #mountPoint(caller: Caller, target: string): Place {
    const place = this.#place(caller, target)
    if (place.mount.target !== place.path) throw new KernelError('EINVAL')
    return place
  }

  #add(at: Place, mount: Omit<Mount, 'id' | 'parentId'>): Mount {
    this.#checkNobodyIn(at.path)
    return this.#table.attach([{ mount }], at.mount, at.path)
  }

  #remove(mount: Mount): void {
    this.#table.remove(mount.id)
    if (mount.module !== undefined) this.#context.kernel.modules.hold(mount.module, -1)
    const used = new Set(
      this.#table.all.flatMap(({ superblock, overlay }) => [
        superblock,
        ...(overlay === undefined ? [] : layersOf(overlay)).map(layer => layer.superblock),
      ]),
    )
    const gone = [
      mount.superblock,
      ...(mount.overlay === undefined ? [] : layersOf(mount.overlay)).map(superblockOf),
    ]
    for (const superblock of gone)
      if (!used.has(superblock) && !this.#isOpen(superblock)) this.#context.drop(superblock)
  }

  #holdModule(fstype: string): string | undefined {
    const { modules } = this.#context.kernel
    const owner = modules.live.find(({ name }) =>
      modules.record(name)?.loaded?.filesystems.some(filesystem => filesystem.name === fstype),
    )
    if (owner !== undefined) modules.hold(owner.name, 1)
    return owner?.name
  }

  #isUsed(mount: Mount): boolean {
    for (const { cwd, files } of this.#context.processes()) {
      if (this.#table.covering(cwd)?.id === mount.id) return true
      for (const file of files.values()) if (file.openedThrough?.mountId === mount.id) return true
    }
    return false
  }

  #isOpen(superblock: string): boolean {
    for (const { files } of this.#context.processes())
      for (const file of files.values()) if (file.openedThrough?.superblock === superblock) return true
    return false
  }

  /** EBUSY for what is open for writing: sb_prepare_remount_readonly() of fs/namespace.c. */
  #checkNoWriters(mount: Mount, isBind: boolean): void {
    for (const { files } of this.#context.processes())
      for (const { openedThrough } of files.values()) {
        const isThere = isBind
          ? openedThrough?.mountId === mount.id
          : openedThrough?.superblock === mount.superblock
        if (isThere && openedThrough?.isWriting) throw new KernelError('EBUSY')
      }
  }

  /** A process keeps its directory whatever is mounted over it; here a directory is a path. */
  #checkNobodyIn(path: string): void {
    for (const { cwd } of this.#context.processes())
      if (cwd === path || cwd.startsWith(`${path}/`))
        throw new Unsimulated('mount(2)', `${path}, which a process has as its working directory`)
  }
}

interface Place {
  readonly mount: Mount
  readonly path: string
  readonly isDirectory: boolean
}

const layersOf = (overlay: NonNullable<Mount['overlay']>): readonly Layer[] => [
  ...overlay.lower,
  ...(overlay.upper === undefined ? [] : [overlay.upper]),
]

const superblockOf = (layer: Layer): string => layer.superblock

const shownFlags = (flags: ReadonlySet<MountFlag>): readonly MountFlag[] => {
  const isOther = flags.has('noatime') || flags.has('strictatime')
  return SHOWN_FLAGS.filter(flag => flags.has(flag) || (flag === 'relatime' && !isOther))
}

const plainFlags = (flags: ReadonlySet<MountFlag>): readonly MountFlag[] =>
  SHOWN_FLAGS.filter(flag => flags.has(flag))

/** Another mount of a piece of the same file system, with the options of the one it is seen through. */
function boundMount(from: { mount: Mount; path: string; node: NodeId }): Omit<Mount, 'id' | 'parentId'> {
  const { id: _, parentId: __, module: ___, ...mount } = from.mount
  const inside = from.path.slice(from.mount.target === '/' ? 0 : from.mount.target.length)
  const root =
    from.path === '/' || inside === '' ? mount.root : `${mount.root === '/' ? '' : mount.root}${inside}`
  return { ...mount, root, rootNode: from.node }
}
