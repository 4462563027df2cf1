import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { OverlayLayers } from '../kernel/mounts.ts'
import type {
  AttributeChange,
  Attributes,
  Driver,
  Location,
  NewNode,
  NodeId,
  Opener,
  OpenFlags,
  SpecialFile,
} from './driver.ts'
import type { Inode } from './inode.ts'
import type { OpenFile } from './open-file.ts'
import { byBytes, Tree } from './tree.ts'

/** A file of one layer. */
interface Place {
  readonly driver: Driver
  readonly node: NodeId
  /** Which layer, the upper one being 0. */
  readonly layer: number
}

/** The kernel looks layers up for itself: no permission is asked there. */
const KERNEL: Opener = { credentials: { uid: 0, gid: 0, groups: [], capabilities: new Set() } }

/** Inode numbers of different layers must not be equal. */
const INODES_OF_LAYER = 2 ** 32

/**
 * overlay of fs/overlayfs (Documentation/filesystems/overlayfs.rst): directories of several layers merged, all changes
 * in the upper one, to which a file is copied before it is changed. A name that is gone has a whiteout there, a
 * character device 0:0. Nothing is kept here: files are named by their path.
 */
export class OverlayFs implements Driver {
  readonly fstype = 'overlay'
  readonly root = ''
  readonly #layers: readonly Place[]
  readonly #upper: Tree | undefined

  constructor(layers: OverlayLayers, driver: (superblock: string) => Driver) {
    const upper = layers.upper === undefined ? undefined : driver(layers.upper.superblock)
    if (upper !== undefined && !(upper instanceof Tree))
      throw new Unsimulated('overlay', `an upper directory on ${upper.fstype}`)
    this.#upper = upper
    this.#layers = [
      ...(layers.upper === undefined || upper === undefined
        ? []
        : [{ driver: upper, node: layers.upper.node, layer: 0 }]),
      ...layers.lower.map(({ superblock, node }, index) => ({
        driver: driver(superblock),
        node,
        layer: index + 1,
      })),
    ]
  }

  get space(): { capacityBytes: number; usedBytes: number } {
    return (this.#upper ?? this.#layers[0]?.driver)?.space ?? { capacityBytes: 0, usedBytes: 0 }
  }

  getattr(id: NodeId): Attributes {
    const places = this.#existing(id)
    const { driver, node, layer } = uppermost(places)
    const attributes = driver.getattr(node)
    const ino = typeof attributes.ino === 'number' ? attributes.ino + layer * INODES_OF_LAYER : attributes.ino
    // ovl_getattr() of fs/overlayfs/inode.c: the links of a merged directory are not counted.
    return { ...attributes, ino, ...(places.length > 1 ? { nlink: 1 } : {}) }
  }

  /** What a file is made of, wherever it lies: an overlay may be a layer of another one. */
  inode(id: NodeId): Inode {
    const { driver, node } = uppermost(this.#existing(id))
    if (driver instanceof Tree || driver instanceof OverlayFs) return driver.inode(node)
    throw new Unsimulated('overlay', `copying up from ${driver.fstype}`)
  }

  lookup(directory: NodeId, name: string): NodeId | undefined {
    return this.#child(this.#existing(directory), name).length > 0 ? below(directory, name) : undefined
  }

  parent(directory: NodeId): NodeId {
    return parentOf(directory)
  }

  names(directory: NodeId): readonly string[] {
    const seen = new Map<string, boolean>()
    for (const { driver, node } of this.#existing(directory)) {
      for (const name of driver.names(node)) {
        const child = driver.lookup(node, name, KERNEL)
        if (!seen.has(name) && child !== undefined) seen.set(name, !isWhiteout(driver.getattr(child)))
      }
    }
    return [...seen].flatMap(([name, isThere]) => (isThere ? [name] : [])).sort(byBytes)
  }

  open(id: NodeId, flags: OpenFlags, opener: Opener): OpenFile {
    if (flags.write) this.#copyUp(id)
    const { driver, node } = uppermost(this.#existing(id))
    return driver.open(node, flags, opener)
  }

  create(directory: NodeId, name: string, node: NewNode): NodeId {
    const { upper, at } = this.#vacate(directory, name)
    upper.create(at, name, node)
    return below(directory, name)
  }

  mkdir(directory: NodeId, name: string, node: NewNode): NodeId {
    const { upper, at } = this.#vacate(directory, name)
    const made = upper.mkdir(at, name, node)
    if (this.#isInLower(directory, name)) upper.setattr(made, { isOpaque: true })
    return below(directory, name)
  }

  symlink(directory: NodeId, name: string, options: NewNode & { target: string }): NodeId {
    const { upper, at } = this.#vacate(directory, name)
    upper.symlink(at, name, options)
    return below(directory, name)
  }

  mknod(directory: NodeId, name: string, options: NewNode & SpecialFile): NodeId {
    const { upper, at } = this.#vacate(directory, name)
    upper.mknod(at, name, options)
    return below(directory, name)
  }

  link(directory: NodeId, name: string, id: NodeId): void {
    const source = this.#copyUp(id)
    const { upper, at } = this.#vacate(directory, name)
    upper.link(at, name, source)
  }

  unlink(directory: NodeId, name: string): void {
    this.#remove(directory, name, (upper, at) => upper.unlink(at, name))
  }

  rmdir(directory: NodeId, name: string): void {
    if (this.names(below(directory, name)).length > 0) throw new KernelError('ENOTEMPTY')
    this.#remove(directory, name, (upper, at) => removeDirectory(upper, at, name))
  }

  /** EXDEV for a directory that a lower layer has: mv(1) copies then (`redirect_dir=off`). */
  rename(from: Location, to: Location): void {
    const source = this.#existing(below(from.directory, from.name))
    const moved = uppermost(source).driver.getattr(uppermost(source).node)
    if (moved.type === 'directory' && source.some(place => place.layer > 0)) throw new KernelError('EXDEV')
    this.#checkReplaceable(moved, below(to.directory, to.name))
    this.#copyUp(below(from.directory, from.name))
    const { upper, at } = this.#vacate(to.directory, to.name, moved.type)
    const directory = this.#copyUp(from.directory)
    upper.rename({ directory, name: from.name }, { directory: at, name: to.name })
    if (this.#isInLower(from.directory, from.name)) whiteOut(upper, directory, from.name)
    const arrived = upper.lookup(at, to.name)
    if (moved.type === 'directory' && arrived !== undefined && this.#isInLower(to.directory, to.name))
      upper.setattr(arrived, { isOpaque: true })
  }

  setattr(id: NodeId, change: AttributeChange): void {
    const node = this.#copyUp(id)
    this.#writable.setattr(node, change)
  }

  truncate(id: NodeId, sizeBytes: number): void {
    const node = this.#copyUp(id)
    this.#writable.truncate(node, sizeBytes)
  }

  fsync(id: NodeId): void {
    const { driver, node } = uppermost(this.#existing(id))
    driver.fsync(node)
  }

  syncAll(): void {
    this.#upper?.syncAll()
  }

  get #writable(): Tree {
    if (this.#upper === undefined) throw new KernelError('EROFS')
    return this.#upper
  }

  /** Where a file is in each layer that shows it: more than one for a merged directory. ENOENT. */
  #existing(id: NodeId): readonly Place[] {
    const places = this.#places(id)
    if (places.length === 0) throw new KernelError('ENOENT')
    return places
  }

  #places(id: NodeId): readonly Place[] {
    let places = this.#layers
    for (const name of String(id).split('/').filter(Boolean)) places = this.#child(places, name)
    return places
  }

  #child(directories: readonly Place[], name: string): readonly Place[] {
    const found: Place[] = []
    for (const { driver, node: directory, layer } of directories) {
      const node = driver.lookup(directory, name, KERNEL)
      if (node === undefined) continue
      const attributes = driver.getattr(node)
      const isDirectory = attributes.type === 'directory'
      if (isWhiteout(attributes) || (!isDirectory && found.length > 0)) break
      found.push({ driver, node, layer })
      if (!isDirectory || attributes.isOpaque) break
    }
    return found
  }

  /** Whether a layer below the upper one has a name of a directory. */
  #isInLower(directory: NodeId, name: string): boolean {
    const lower = this.#existing(directory).filter(place => place.layer > 0)
    return this.#child(lower, name).length > 0
  }

  /** The file's node in the upper layer, where it and the directories above it are put first. */
  #copyUp(id: NodeId): NodeId {
    const top = uppermost(this.#existing(id))
    if (top.layer === 0) return top.node
    const directory = this.#copyUp(parentOf(id))
    return this.#writable.adopt(directory, String(id).slice(String(id).lastIndexOf('/') + 1), this.inode(id))
  }

  /** A free name in the upper layer's directory: a whiteout goes, and what a rename may replace. */
  #vacate(
    directory: NodeId,
    name: string,
    replacedBy?: Attributes['type'],
  ): { readonly upper: Tree; readonly at: NodeId } {
    const at = this.#copyUp(directory)
    const upper = this.#writable
    const node = upper.lookup(at, name)
    if (node !== undefined && isWhiteout(upper.getattr(node))) upper.unlink(at, name)
    else if (node !== undefined && replacedBy === 'directory') removeDirectory(upper, at, name)
    return { upper, at }
  }

  #remove(directory: NodeId, name: string, remove: (upper: Tree, at: NodeId) => void): void {
    const isInLower = this.#isInLower(directory, name)
    const at = this.#copyUp(directory)
    const upper = this.#writable
    if (upper.lookup(at, name) !== undefined) remove(upper, at)
    if (isInLower) whiteOut(upper, at, name)
  }

  #checkReplaceable(moved: Attributes, id: NodeId): void {
    if (this.#places(id).length === 0) return
    const replaced = this.getattr(id)
    if (replaced.type === 'directory') {
      if (moved.type !== 'directory') throw new KernelError('EISDIR')
      if (this.names(id).length > 0) throw new KernelError('ENOTEMPTY')
    } else if (moved.type === 'directory') throw new KernelError('ENOTDIR')
  }
}

const isWhiteout = (attributes: Attributes): boolean =>
  attributes.type === 'char-device' && attributes.major === 0 && attributes.minor === 0

function whiteOut(upper: Tree, directory: NodeId, name: string): void {
  upper.mknod(directory, name, { type: 'char-device', major: 0, minor: 0, mode: 0, uid: 0, gid: 0 })
}

/** A directory of the upper layer that looks empty may hold whiteouts. */
function removeDirectory(upper: Tree, directory: NodeId, name: string): void {
  const node = upper.lookup(directory, name)
  if (node === undefined) return
  for (const hidden of upper.names(node)) upper.unlink(node, hidden)
  upper.rmdir(directory, name)
}

function uppermost(places: readonly Place[]): Place {
  const [first] = places
  if (first === undefined) throw new KernelError('ENOENT')
  return first
}

const below = (directory: NodeId, name: string): NodeId => (directory === '' ? name : `${directory}/${name}`)

function parentOf(id: NodeId): NodeId {
  const path = String(id)
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
}
