import { Map as PersistentMap } from 'immutable'
import type { DirectoryInode, Ino, Inode } from './inode.ts'
import { BLOCK_BYTES, emptyTree, ROOT_INO, type TreeState } from './tree.ts'

/** A tree in the making: entries are gathered in plain maps, which is ten times faster than persistent ones. */
export class TreeBuilder {
  readonly #inodes = new Map<Ino, Inode>()
  readonly #entries = new Map<Ino, Map<string, Ino>>()
  #usedBytes = 0

  /** The root directory's attributes; before anything is added. */
  setRoot(inode: Inode): void {
    this.#inodes.set(ROOT_INO, inode.type === 'directory' ? { ...inode, parent: ROOT_INO } : inode)
  }

  /** A new file at a name of a directory. */
  add(parent: Ino, name: string, inode: Inode): Ino {
    const ino = Math.max(this.#inodes.size, 1) + ROOT_INO
    this.#inodes.set(ino, inode.type === 'directory' ? { ...inode, parent } : inode)
    const size = inode.type === 'file' ? inode.sizeBytes : inode.type === 'directory' ? BLOCK_BYTES : 0
    this.#usedBytes += Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES
    this.#name(parent, name, ino)
    return ino
  }

  /** Another name of a file: a hard link. */
  link(parent: Ino, name: string, ino: Ino): void {
    const inode = this.#inodes.get(ino)
    if (inode !== undefined) this.#inodes.set(ino, { ...inode, nlink: inode.nlink + 1 })
    this.#name(parent, name, ino)
  }

  /** The tree; a durable one is on disk as it stands. */
  finish(options: { readonly isDurable: boolean; readonly capacityBytes: number }): TreeState {
    const empty = emptyTree({ mode: 0o755, seconds: 0, ...options })
    const inodes = empty.inodes.withMutations(map => {
      for (const [ino, inode] of this.#inodes)
        map.set(ino, inode.type === 'directory' ? this.#withEntries(ino, inode) : inode)
    })
    return {
      inodes,
      durable: options.isDurable ? inodes : undefined,
      nextIno: Math.max(this.#inodes.size, 1) + ROOT_INO,
      usedBytes: this.#usedBytes,
      capacityBytes: options.capacityBytes,
    }
  }

  #name(parent: Ino, name: string, ino: Ino): void {
    const entries = this.#entries.get(parent) ?? new Map<string, Ino>()
    this.#entries.set(parent, entries.set(name, ino))
  }

  #withEntries(ino: Ino, inode: DirectoryInode): DirectoryInode {
    const entries = this.#entries.get(ino)
    if (entries === undefined) return inode
    let nlink = 2
    for (const child of entries.values()) if (this.#inodes.get(child)?.type === 'directory') nlink++
    return { ...inode, entries: PersistentMap(entries), nlink }
  }
}
