import { KernelError } from '../../src/host/errno.ts'
import type { OpenFile } from './open-file.ts'

export type LockKind = 'shared' | 'exclusive'

/** Locks of flock(2): an open description holds them, so they go with its last descriptor. */
export class FileLocks {
  readonly #holders = new Map<string, Map<OpenFile, LockKind>>()

  /** Takes the lock, or changes the one that the description has; false where another one stands against it. */
  lock(file: OpenFile, kind: LockKind): boolean {
    if (!this.canLock(file, kind)) return false
    const key = keyOf(file)
    const holders = this.#holders.get(key) ?? new Map<OpenFile, LockKind>()
    this.#holders.set(key, holders.set(file, kind))
    file.unlock = () => this.unlock(file)
    return true
  }

  canLock(file: OpenFile, kind: LockKind): boolean {
    const others = [...(this.#holders.get(keyOf(file)) ?? [])].filter(([holder]) => holder !== file)
    return others.every(([, held]) => kind === 'shared' && held === 'shared')
  }

  unlock(file: OpenFile): void {
    file.unlock = undefined
    const key = keyOf(file)
    const holders = this.#holders.get(key)
    holders?.delete(file)
    if (holders?.size === 0) this.#holders.delete(key)
  }
}

/** The file behind a description; EBADF for what has no file behind it. */
function keyOf({ openedThrough }: OpenFile): string {
  if (openedThrough === undefined) throw new KernelError('EBADF')
  return `${openedThrough.superblock} ${openedThrough.node}`
}
