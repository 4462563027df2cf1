import type { Map as PersistentMap } from 'immutable'
import type { ContentId } from './bytes.ts'

/** Inode number within one tree. */
export type Ino = number

interface InodeBase {
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtimeSeconds: number
  readonly ctimeSeconds: number
  readonly nlink: number
}

export interface FileInode extends InodeBase {
  readonly type: 'file'
  readonly content: ContentId
  readonly sizeBytes: number
  /** The image listed it and did not take its bytes: reading is `Unsimulated`. */
  readonly isElided: boolean
}

export interface DirectoryInode extends InodeBase {
  readonly type: 'directory'
  readonly parent: Ino
  readonly entries: PersistentMap<string, Ino>
  /** In the upper directory of an overlay: what lower ones have under this name is not merged (trusted.overlay.opaque). */
  readonly isOpaque?: boolean
}

export interface SymlinkInode extends InodeBase {
  readonly type: 'symlink'
  readonly target: string
}

export interface DeviceInode extends InodeBase {
  readonly type: 'char-device' | 'block-device'
  readonly major: number
  readonly minor: number
}

export interface EndpointInode extends InodeBase {
  readonly type: 'fifo' | 'socket'
}

/** What a tree keeps of one file, whatever its names. */
export type Inode = FileInode | DirectoryInode | SymlinkInode | DeviceInode | EndpointInode
