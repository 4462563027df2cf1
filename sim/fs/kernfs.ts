import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { decodeText, encodeText } from '../../src/host/surrogate-escape.ts'
import type { Attributes, Driver, NodeId, Opener, OpenFlags } from './driver.ts'
import { OpenFile } from './open-file.ts'
import { byBytes } from './tree.ts'

/** A file whose text is a function of kernel state: generated at open(2), written by one write(2). */
export interface KernFile {
  readonly kind: 'file'
  readonly mode: number
  /** As `Attributes` has it. */
  readonly isStrict?: boolean
  /** The text; throws `KernelError` as the read(2) does. */
  read?(opener: Opener): string
  /** What one write(2) of this text does; throws `KernelError` as it does. */
  write?(text: string, opener: Opener): void
}

/** A directory whose listing is a function of kernel state. */
export interface KernDirectory {
  readonly kind: 'directory'
  readonly mode: number
  /** `undefined`: which names there are is not modelled, and listing them is `Unsimulated`. */
  names(): readonly string[] | undefined
  lookup(name: string, opener: Opener): KernNode | undefined
  /** mkdir(2) and rmdir(2), where the file system has them (cgroups). */
  mkdir?(name: string): void
  rmdir?(name: string): void
}

export interface KernSymlink {
  readonly kind: 'symlink'
  readonly target: string
}

export type KernNode = KernFile | KernDirectory | KernSymlink

/** Nodes by who looked for them and by path, of one state of the machine. */
interface KnownNodes {
  readonly state: unknown
  readonly nodes: Map<Opener, Map<string, KernNode>>
}

/**
 * A file system of generated files (proc, sysfs, cgroup). Nothing is stored: a node is named by its path, and looked up
 * anew for each state of the machine.
 */
export class KernFs implements Driver {
  readonly fstype: string
  readonly root = ''
  readonly space = { capacityBytes: 0, usedBytes: 0 }
  readonly #root: KernDirectory
  readonly #bootSeconds: () => number
  readonly #state: () => unknown
  #known: KnownNodes = { state: undefined, nodes: new Map() }

  /** `state` is another value whenever anything of the machine has changed. */
  constructor(
    fstype: string,
    root: KernDirectory,
    { bootSeconds, state }: { bootSeconds: () => number; state: () => unknown },
  ) {
    this.fstype = fstype
    this.#root = root
    this.#bootSeconds = bootSeconds
    this.#state = state
  }

  /** The node at a path of this file system; ENOENT. */
  node(id: NodeId, opener: Opener = NOBODY): KernNode {
    if (id === '') return this.#root
    const path = String(id)
    const nodes = this.#nodesFor(opener)
    const known = nodes.get(path)
    if (known !== undefined) return known
    const slash = path.lastIndexOf('/')
    const directory = this.node(path.slice(0, Math.max(slash, 0)), opener)
    const node = directory.kind === 'directory' ? directory.lookup(path.slice(slash + 1), opener) : undefined
    if (node === undefined) throw new KernelError('ENOENT')
    nodes.set(path, node)
    return node
  }

  #nodesFor(opener: Opener): Map<string, KernNode> {
    const state = this.#state()
    if (this.#known.state !== state) this.#known = { state, nodes: new Map() }
    const nodes = this.#known.nodes.get(opener) ?? new Map<string, KernNode>()
    this.#known.nodes.set(opener, nodes)
    return nodes
  }

  getattr(id: NodeId, opener?: Opener): Attributes {
    const node = this.node(id, opener)
    const seconds = this.#bootSeconds()
    const base = {
      ino: id,
      uid: 0,
      gid: 0,
      sizeBytes: 0,
      mtimeSeconds: seconds,
      ctimeSeconds: seconds,
      nlink: 1,
    }
    if (node.kind === 'symlink') return { ...base, type: 'symlink', mode: 0o777, target: node.target }
    const isStrict = node.kind === 'file' && node.isStrict === true
    return { ...base, type: node.kind, mode: node.mode, ...(isStrict ? { isStrict } : {}) }
  }

  lookup(directory: NodeId, name: string, opener: Opener): NodeId | undefined {
    const node = this.node(directory, opener)
    if (node.kind !== 'directory') throw new KernelError('ENOTDIR')
    const path = directory === '' ? name : `${directory}/${name}`
    const nodes = this.#nodesFor(opener)
    if (nodes.has(path)) return path
    const child = node.lookup(name, opener)
    if (child === undefined) return undefined
    nodes.set(path, child)
    return path
  }

  parent(directory: NodeId): NodeId {
    const path = String(directory)
    return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
  }

  names(directory: NodeId): readonly string[] {
    const node = this.node(directory)
    if (node.kind !== 'directory') throw new KernelError('ENOTDIR')
    const names = node.names()
    if (names === undefined) throw new Unsimulated(this.fstype, `listing ${this.fstype}:/${directory}`)
    return [...names].sort(byBytes)
  }

  open(id: NodeId, flags: OpenFlags, opener: Opener): OpenFile {
    const node = this.node(id, opener)
    if (node.kind !== 'file') throw new KernelError('EISDIR')
    return new GeneratedFile(node, flags, opener)
  }

  /** proc and sysfs have no create; the errno is that of an inode without the operation (fs/namei.c, vfs_create). */
  create(): never {
    throw new KernelError(this.fstype === 'proc' ? 'ENOENT' : 'EACCES')
  }

  mkdir(directory: NodeId, name: string): NodeId {
    const node = this.node(directory)
    if (node.kind !== 'directory' || node.mkdir === undefined)
      throw new KernelError(this.fstype === 'proc' ? 'ENOENT' : 'EPERM')
    node.mkdir(name)
    return directory === '' ? name : `${directory}/${name}`
  }

  rmdir(directory: NodeId, name: string): void {
    const node = this.node(directory)
    if (node.kind !== 'directory' || node.rmdir === undefined) throw new KernelError('EPERM')
    node.rmdir(name)
  }

  symlink(): never {
    throw new KernelError('EPERM')
  }

  mknod(): never {
    throw new KernelError('EPERM')
  }

  link(): never {
    throw new KernelError('EPERM')
  }

  unlink(): never {
    throw new KernelError('EPERM')
  }

  rename(): never {
    throw new KernelError('EPERM')
  }

  setattr(id: NodeId): never {
    throw new Unsimulated('chmod(2)', `changing attributes of ${this.fstype}:/${id}`)
  }

  /** O_TRUNC on a generated file is accepted and does nothing. */
  truncate(): void {}

  fsync(): void {}
}

const GOLDEN_RATIO_64 = 0x61c8864680b583ebn

/** kernfs_name_hash() of fs/kernfs/dir.c: partial_name_hash() of each byte, then hash_long() to 32 bits. */
function nameHash(name: string): number {
  let hash = 0n
  for (const byte of encodeText(name))
    hash = BigInt.asUintN(64, (hash + (BigInt(byte) << 4n) + (BigInt(byte) >> 4n)) * 11n)
  return Number(BigInt.asUintN(64, hash * GOLDEN_RATIO_64) >> 32n) & 0x7fff_ffff
}

/** The order in which readdir(3) of sysfs gives names: that of their hashes. */
export const byNameHash = (a: string, b: string): number => nameHash(a) - nameHash(b)

/** The root of a file system that is mounted and of which nothing is modelled. */
export const unmodelledRoot = (fstype: string): KernDirectory => ({
  kind: 'directory',
  mode: 0o755,
  names: () => undefined,
  lookup(name) {
    throw new Unsimulated(fstype, `${fstype}:/${name}`)
  },
})

const NOBODY: Opener = { credentials: { uid: 0, gid: 0, groups: [], capabilities: new Set() } }

class GeneratedFile extends OpenFile {
  readonly #file: KernFile
  readonly #flags: OpenFlags
  readonly #opener: Opener
  #text: Uint8Array | undefined
  #position = 0

  constructor(file: KernFile, flags: OpenFlags, opener: Opener) {
    super()
    this.#file = file
    this.#flags = flags
    this.#opener = opener
  }

  read(maxBytes: number): Uint8Array {
    if (!this.#flags.read) throw new KernelError('EBADF')
    if (this.#file.read === undefined) throw new KernelError('EINVAL')
    this.#text ??= encodeText(this.#file.read(this.#opener))
    const bytes = this.#text.subarray(this.#position, this.#position + maxBytes)
    this.#position += bytes.length
    return bytes
  }

  write(bytes: Uint8Array): number {
    if (!this.#flags.write) throw new KernelError('EBADF')
    if (this.#file.write === undefined) throw new KernelError('EINVAL')
    this.#file.write(decodeText(bytes), this.#opener)
    this.#text = undefined
    return bytes.length
  }

  seek(position: number): void {
    this.#position = position
    if (position === 0) this.#text = undefined
  }
}
