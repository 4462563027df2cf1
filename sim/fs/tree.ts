import { Map as PersistentMap } from 'immutable'
import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { encodeText } from '../../src/host/surrogate-escape.ts'
import type { Cell, Clock } from '../clock.ts'
import { contentStore, EMPTY_CONTENT } from './bytes.ts'
import type {
  AttributeChange,
  Attributes,
  Driver,
  Location,
  NewNode,
  NodeId,
  OpenFlags,
  SpecialFile,
} from './driver.ts'
import type { DirectoryInode, Ino, Inode } from './inode.ts'
import type { OpenFile } from './open-file.ts'
import { RegularFile } from './regular-file.ts'

/** A file system that stores what it is told: ext4 on a disk, or tmpfs. */
export interface TreeState {
  readonly inodes: PersistentMap<Ino, Inode>
  /** What a power failure leaves; undefined for tmpfs, of which nothing is left. */
  readonly durable: PersistentMap<Ino, Inode> | undefined
  readonly nextIno: Ino
  readonly usedBytes: number
  readonly capacityBytes: number
}

/** ext4 keeps 2 for the root directory; the number shows in `ls -i /`. */
export const ROOT_INO = 2

/** A tree with nothing but its root directory. */
export function emptyTree(options: {
  mode: number
  seconds: number
  isDurable: boolean
  capacityBytes: number
}): TreeState {
  const root: DirectoryInode = {
    type: 'directory',
    parent: ROOT_INO,
    entries: PersistentMap(),
    mode: options.mode,
    uid: 0,
    gid: 0,
    mtimeSeconds: options.seconds,
    ctimeSeconds: options.seconds,
    nlink: 2,
  }
  const inodes = PersistentMap<Ino, Inode>([[ROOT_INO, root]])
  return {
    inodes,
    durable: options.isDurable ? inodes : undefined,
    nextIno: ROOT_INO + 1,
    usedBytes: 0,
    capacityBytes: options.capacityBytes,
  }
}

/** The driver of a stored tree. */
export class Tree implements Driver {
  readonly fstype: string
  readonly root = ROOT_INO
  readonly #cell: Cell<TreeState>
  readonly #clock: Clock
  /** Open descriptions by inode: an unlinked file lives until the last one is closed (unlink(2)). */
  readonly #openers = new Map<Ino, number>()

  constructor(fstype: string, cell: Cell<TreeState>, clock: Clock) {
    this.fstype = fstype
    this.#cell = cell
    this.#clock = clock
  }

  get space(): { capacityBytes: number; usedBytes: number } {
    return this.#cell.value
  }

  inode(node: NodeId): Inode {
    const inode = typeof node === 'number' ? this.#cell.value.inodes.get(node) : undefined
    if (inode === undefined) throw new KernelError('ENOENT')
    return inode
  }

  getattr(node: NodeId): Attributes {
    const inode = this.inode(node)
    let attributes = knownAttributes.get(inode)
    if (attributes?.ino !== node) {
      attributes = attributesOf(node, inode, this.#isInMemory)
      knownAttributes.set(inode, attributes)
    }
    return attributes
  }

  lookup(directory: NodeId, name: string): NodeId | undefined {
    return this.#directory(directory).entries.get(name)
  }

  parent(directory: NodeId): NodeId {
    return this.#directory(directory).parent
  }

  names(directory: NodeId): readonly string[] {
    const { entries } = this.#directory(directory)
    let names = knownNames.get(entries)
    if (names === undefined) {
      names = [...entries.keys()].sort(byBytes)
      knownNames.set(entries, names)
    }
    return names
  }

  open(node: NodeId, flags: OpenFlags): OpenFile {
    const inode = this.inode(node)
    if (inode.type !== 'file' || typeof node !== 'number') throw new KernelError('ENXIO')
    if (flags.truncate && flags.write) this.truncate(node, 0)
    return new RegularFile(this, node, flags)
  }

  /** A file's bytes; `Unsimulated` where the image did not take them. */
  content(node: NodeId): Uint8Array {
    const inode = this.inode(node)
    if (inode.type !== 'file') throw new KernelError('EISDIR')
    const bytes = contentStore.get(inode.content)
    if (bytes === undefined)
      throw new Unsimulated('open(2)', `${this.pathOf(node)}: its content is not in the image: reading it`)
    return bytes
  }

  /** Replaces a file's bytes; ENOSPC when they do not fit. */
  setContent(node: NodeId, bytes: Uint8Array): void {
    const inode = this.inode(node)
    if (inode.type !== 'file') throw new KernelError('EISDIR')
    this.#account(blocks(bytes.length) - blocks(inode.sizeBytes))
    const now = this.#clock.realtimeSeconds
    this.#put(node, {
      ...inode,
      content: contentStore.put(bytes),
      sizeBytes: bytes.length,
      isElided: false,
      mtimeSeconds: now,
      ctimeSeconds: now,
    })
  }

  /** Leaves of a file's bytes no more than their number, as an image does with what it did not take. */
  elide(node: NodeId, sizeBytes: number): void {
    const inode = this.inode(node)
    if (inode.type !== 'file') throw new KernelError('EISDIR')
    this.#account(blocks(sizeBytes) - blocks(inode.sizeBytes))
    this.#put(node, { ...inode, content: '-', sizeBytes, isElided: true })
  }

  /** The size to which a file can grow before the disk is full. */
  roomFor(node: NodeId): number {
    const { capacityBytes, usedBytes } = this.#cell.value
    return capacityBytes - usedBytes + blocks(sizeOf(this.inode(node), this.#isInMemory))
  }

  create(directory: NodeId, name: string, node: NewNode): NodeId {
    return this.#add(directory, name, {
      type: 'file',
      content: EMPTY_CONTENT,
      sizeBytes: 0,
      isElided: false,
      ...this.#fresh(directory, node),
    })
  }

  /** A copy of a file of another tree, with its attributes and without reading it: what an overlay copies up. */
  adopt(directory: NodeId, name: string, inode: Inode): NodeId {
    if (inode.type === 'file') this.#account(blocks(inode.sizeBytes))
    const ctimeSeconds = this.#clock.realtimeSeconds
    if (inode.type !== 'directory') return this.#add(directory, name, { ...inode, ctimeSeconds, nlink: 1 })
    const { isOpaque: _, ...rest } = inode
    const parent = Number(directory)
    const made = this.#add(directory, name, {
      ...rest,
      parent,
      entries: PersistentMap(),
      ctimeSeconds,
      nlink: 2,
    })
    this.#changeLinks(directory, 1)
    return made
  }

  /** Room for more or less from now on: mount -o remount,size= of tmpfs. EINVAL for less than is used. */
  resize(capacityBytes: number): void {
    const state = this.#cell.value
    if (state.usedBytes > capacityBytes) throw new KernelError('EINVAL')
    this.#cell.value = { ...state, capacityBytes }
  }

  mkdir(directory: NodeId, name: string, node: NewNode): NodeId {
    const parent = Number(directory)
    const made = this.#add(directory, name, {
      type: 'directory',
      parent,
      entries: PersistentMap(),
      ...this.#fresh(directory, node, 0o2000),
      nlink: 2,
    })
    this.#changeLinks(directory, 1)
    return made
  }

  symlink(directory: NodeId, name: string, options: NewNode & { target: string }): NodeId {
    return this.#add(directory, name, {
      type: 'symlink',
      target: options.target,
      ...this.#fresh(directory, { ...options, mode: 0o777 }),
    })
  }

  mknod(directory: NodeId, name: string, options: NewNode & SpecialFile): NodeId {
    const base = this.#fresh(directory, options)
    if (options.type === 'fifo' || options.type === 'socket')
      return this.#add(directory, name, { type: options.type, ...base })
    return this.#add(directory, name, {
      type: options.type,
      major: options.major ?? 0,
      minor: options.minor ?? 0,
      ...base,
    })
  }

  link(directory: NodeId, name: string, node: NodeId): void {
    this.#changeLinks(node, 1)
    this.#setEntry(directory, name, Number(node))
  }

  unlink(directory: NodeId, name: string): void {
    const node = this.#existing(directory, name)
    this.#setEntry(directory, name, undefined)
    this.#changeLinks(node, -1)
  }

  rmdir(directory: NodeId, name: string): void {
    const node = this.#existing(directory, name)
    if (this.#directory(node).entries.size > 0) throw new KernelError('ENOTEMPTY')
    this.#setEntry(directory, name, undefined)
    this.#changeLinks(directory, -1)
    this.#changeLinks(node, -2)
  }

  /** rename(2) within the tree; the checks that need paths were made above. */
  rename(from: Location, to: Location): void {
    const node = this.#existing(from.directory, from.name)
    const moved = this.inode(node)
    const replaced = this.lookup(to.directory, to.name)
    if (replaced === node) return
    if (replaced !== undefined) this.#checkReplaceable(moved, this.inode(replaced))
    this.#setEntry(from.directory, from.name, undefined)
    this.#setEntry(to.directory, to.name, Number(node))
    if (moved.type === 'directory') {
      this.#put(node, { ...moved, parent: Number(to.directory) })
      this.#changeLinks(from.directory, -1)
      this.#changeLinks(to.directory, replaced === undefined ? 1 : 0)
    }
    if (replaced !== undefined) this.#changeLinks(replaced, moved.type === 'directory' ? -2 : -1)
  }

  setattr(node: NodeId, change: AttributeChange): void {
    this.#put(node, { ...this.inode(node), ...change, ctimeSeconds: this.#clock.realtimeSeconds })
  }

  truncate(node: NodeId, sizeBytes: number): void {
    const inode = this.inode(node)
    if (inode.type === 'directory') throw new KernelError('EISDIR')
    if (inode.type !== 'file') return
    const kept = sizeBytes === 0 ? new Uint8Array() : this.content(node).subarray(0, sizeBytes)
    const bytes = new Uint8Array(sizeBytes)
    bytes.set(kept)
    this.setContent(node, bytes)
  }

  fsync(node: NodeId): void {
    const state = this.#cell.value
    const inode = this.inode(node)
    if (state.durable === undefined) return
    this.#cell.value = { ...state, durable: state.durable.set(Number(node), inode) }
  }

  /** sync(2): everything is durable. */
  syncAll(): void {
    const state = this.#cell.value
    if (state.durable !== undefined) this.#cell.value = { ...state, durable: state.inodes }
  }

  /** A path of an inode below this tree's root, for messages. */
  pathOf(node: NodeId): string {
    for (const [ino, inode] of this.#cell.value.inodes) {
      if (inode.type !== 'directory') continue
      for (const [name, child] of inode.entries)
        if (child === node) return ino === ROOT_INO ? `/${name}` : `${this.pathOf(ino)}/${name}`
    }
    return '/'
  }

  /** inode_init_owner() of fs/inode.c: below a directory with setgid all is its group's, and directories (`inherited`) are like it. */
  #fresh(
    directory: NodeId,
    node: NewNode,
    inherited = 0,
  ): NewNode & { mtimeSeconds: number; ctimeSeconds: number; nlink: number } {
    const now = this.#clock.realtimeSeconds
    const { mode, gid } = this.inode(directory)
    const isOfGroup = (mode & 0o2000) !== 0
    return {
      mode: isOfGroup ? node.mode | inherited : node.mode,
      uid: node.uid,
      gid: isOfGroup ? gid : node.gid,
      mtimeSeconds: now,
      ctimeSeconds: now,
      nlink: 1,
    }
  }

  #directory(node: NodeId): DirectoryInode {
    const inode = this.inode(node)
    if (inode.type !== 'directory') throw new KernelError('ENOTDIR')
    return inode
  }

  #existing(directory: NodeId, name: string): NodeId {
    const node = this.lookup(directory, name)
    if (node === undefined) throw new KernelError('ENOENT')
    return node
  }

  #add(directory: NodeId, name: string, inode: Inode): NodeId {
    if (this.lookup(directory, name) !== undefined) throw new KernelError('EEXIST')
    if (this.inode(directory).nlink === 0) throw new KernelError('ENOENT')
    if (inode.type === 'directory') this.#account(this.#directoryBytes)
    const ino = this.#cell.value.nextIno
    this.#cell.value = { ...this.#cell.value, nextIno: ino + 1 }
    this.#put(ino, inode)
    this.#setEntry(directory, name, ino)
    return ino
  }

  #setEntry(directory: NodeId, name: string, ino: Ino | undefined): void {
    const inode = this.#directory(directory)
    const entries = ino === undefined ? inode.entries.delete(name) : inode.entries.set(name, ino)
    const now = this.#clock.realtimeSeconds
    this.#put(directory, { ...inode, entries, mtimeSeconds: now, ctimeSeconds: now })
  }

  #changeLinks(node: NodeId, by: number): void {
    const inode = this.inode(node)
    const nlink = inode.nlink + by
    if (nlink > 0) {
      this.#put(node, { ...inode, nlink, ctimeSeconds: this.#clock.realtimeSeconds })
      return
    }
    this.#put(node, { ...inode, nlink: 0 })
    if (!this.#openers.has(Number(node))) this.#free(Number(node))
  }

  /** An open description begins or ends; the last end of an unlinked file frees it. */
  countOpener(ino: Ino, by: 1 | -1): void {
    const openers = (this.#openers.get(ino) ?? 0) + by
    if (openers > 0) this.#openers.set(ino, openers)
    else this.#openers.delete(ino)
    if (openers === 0 && this.#cell.value.inodes.get(ino)?.nlink === 0) this.#free(ino)
  }

  #free(ino: Ino): void {
    const inode = this.inode(ino)
    if (inode.type === 'file') this.#account(-blocks(inode.sizeBytes))
    if (inode.type === 'directory') this.#account(-this.#directoryBytes)
    this.#cell.value = { ...this.#cell.value, inodes: this.#cell.value.inodes.delete(ino) }
  }

  #put(node: NodeId, inode: Inode): void {
    const state = this.#cell.value
    const ino = Number(node)
    const inodes = state.inodes.set(ino, inode)
    if (isNamingAlike(state.inodes.get(ino), inode)) namings.set(inodes, namingOf(state))
    this.#cell.value = { ...state, inodes }
  }

  #account(bytes: number): void {
    const state = this.#cell.value
    if (bytes > 0 && state.usedBytes + bytes > state.capacityBytes) throw new KernelError('ENOSPC')
    if (bytes !== 0) this.#cell.value = { ...state, usedBytes: state.usedBytes + bytes }
  }

  /** A directory in memory takes no page (mm/shmem.c). */
  get #directoryBytes(): number {
    return this.#isInMemory ? 0 : BLOCK_BYTES
  }

  get #isInMemory(): boolean {
    return this.#cell.value.durable === undefined
  }

  #checkReplaceable(moved: Inode, replaced: Inode): void {
    if (replaced.type === 'directory') {
      if (moved.type !== 'directory') throw new KernelError('EISDIR')
      if (replaced.entries.size > 0) throw new KernelError('ENOTEMPTY')
    } else if (moved.type === 'directory') throw new KernelError('ENOTDIR')
  }
}

/** What space is given in, and what a directory takes. */
const namings = new WeakMap<TreeState['inodes'], object>()

/** The same object for states of a tree in which every path leads to the same inode number. */
export function namingOf({ inodes }: TreeState): object {
  const known = namings.get(inodes)
  if (known !== undefined) return known
  const naming = {}
  namings.set(inodes, naming)
  return naming
}

/** An inode leads somewhere by its names if it is a directory; one that is new has no name yet. */
function isNamingAlike(before: Inode | undefined, after: Inode): boolean {
  if (before === undefined) return true
  if (before.type !== 'directory' || after.type !== 'directory') return before.type === after.type
  return (
    before.entries === after.entries && before.parent === after.parent && before.isOpaque === after.isOpaque
  )
}

/** Derived from an inode, which never changes, and kept as long as it: paths are walked all the time. */
const knownAttributes = new WeakMap<Inode, Attributes>()

/** The same for the sorted names of a directory. */
const knownNames = new WeakMap<DirectoryInode['entries'], readonly string[]>()

function attributesOf(node: NodeId, inode: Inode, isInMemory: boolean): Attributes {
  return {
    ino: node,
    type: inode.type,
    mode: inode.mode,
    uid: inode.uid,
    gid: inode.gid,
    sizeBytes: sizeOf(inode, isInMemory),
    mtimeSeconds: inode.mtimeSeconds,
    ctimeSeconds: inode.ctimeSeconds,
    nlink: inode.nlink,
    ...(inode.type === 'symlink' ? { target: inode.target } : {}),
    ...(inode.type === 'file' && inode.isElided ? { isElided: true } : {}),
    ...(inode.type === 'directory' && inode.isOpaque ? { isOpaque: true } : {}),
    ...('major' in inode ? { major: inode.major, minor: inode.minor } : {}),
  }
}

export const BLOCK_BYTES = 4096
const blocks = (sizeBytes: number): number => Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES

/** A directory of tmpfs is said to have 20 bytes an entry (BOGO_DIRENT_SIZE of mm/shmem.c). */
function sizeOf(inode: Inode, isInMemory: boolean): number {
  if (inode.type === 'file') return inode.sizeBytes
  if (inode.type === 'symlink') return encodeText(inode.target).length
  if (inode.type !== 'directory') return 0
  return isInMemory ? (inode.entries.size + 2) * 20 : BLOCK_BYTES
}

/** The order of strcmp(3) in the C locale. UTF-16 has it too, below the surrogates. */
export function byBytes(a: string, b: string): number {
  let at = 0
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at++
  const [one, other] = [a.charCodeAt(at), b.charCodeAt(at)]
  if (one < FIRST_SURROGATE && other < FIRST_SURROGATE) return one - other
  return Number.isNaN(one) || Number.isNaN(other)
    ? a.length - b.length
    : compareBytes(encodeText(a), encodeText(b))
}

const FIRST_SURROGATE = 0xd800

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, index) => byte !== b[index])
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1)
}
