import type { Stat } from '../../src/host/host.ts'
import type { Credentials } from '../kernel/credentials.ts'
import type { OpenFile } from './open-file.ts'

/** Names a file within one file system: a number in a tree, a path in a kernfs. */
export type NodeId = number | string

/** What stat(2) says, with what lies behind a symlink or device. */
export interface Attributes extends Stat {
  readonly ino: NodeId
  readonly nlink: number
  readonly target?: string
  readonly major?: number
  readonly minor?: number
  /** The image listed the file and did not take its content. */
  readonly isElided?: boolean
  /** No capability stands in for a permission bit: proc_sys_permission() of fs/proc/proc_sysctl.c. */
  readonly isStrict?: boolean
  /** A directory of an overlay's layer that hides those below it. */
  readonly isOpaque?: boolean
}

export interface NewNode {
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

export interface OpenFlags {
  readonly read?: boolean
  readonly write?: boolean
  readonly create?: boolean
  readonly exclusive?: boolean
  readonly truncate?: boolean
  readonly append?: boolean
  /** O_DIRECTORY. */
  readonly directory?: boolean
  /** O_NOFOLLOW. */
  readonly noFollow?: boolean
}

/** Permission of one inode that a driver may judge in its own way (procfs shows root-only keys to root alone). */
export interface Opener {
  readonly credentials: Credentials
  readonly pid?: number
}

/**
 * One mounted file system behind the VFS. Paths, mounts, symlinks and permission checks are done above it; what it
 * refuses, it refuses with the errno of the real one.
 */
export interface Driver {
  readonly fstype: string
  readonly root: NodeId
  /** `opener` tells whom /proc/self points at. */
  getattr(node: NodeId, opener?: Opener): Attributes
  lookup(directory: NodeId, name: string, opener: Opener): NodeId | undefined
  parent(directory: NodeId): NodeId
  names(directory: NodeId): readonly string[]
  open(node: NodeId, flags: OpenFlags, opener: Opener): OpenFile
  create(directory: NodeId, name: string, node: NewNode): NodeId
  mkdir(directory: NodeId, name: string, node: NewNode): NodeId
  symlink(directory: NodeId, name: string, options: NewNode & { target: string }): NodeId
  mknod(directory: NodeId, name: string, options: NewNode & SpecialFile): NodeId
  link(directory: NodeId, name: string, node: NodeId): void
  unlink(directory: NodeId, name: string): void
  rmdir(directory: NodeId, name: string): void
  rename(from: Location, to: Location): void
  setattr(node: NodeId, change: AttributeChange): void
  truncate(node: NodeId, sizeBytes: number): void
  /** Makes one file durable, as fsync(2). */
  fsync(node: NodeId): void
  /** sync(2), of what stores. */
  syncAll?(): void
  readonly space: { readonly capacityBytes: number; readonly usedBytes: number }
}

export interface Location {
  readonly directory: NodeId
  readonly name: string
}

export interface SpecialFile {
  readonly type: 'char-device' | 'block-device' | 'fifo' | 'socket'
  readonly major?: number
  readonly minor?: number
}

export interface AttributeChange {
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  readonly mtimeSeconds?: number
  readonly isOpaque?: boolean
}
