import { KernelError } from '../../src/host/errno.ts'
import type { OpenFlags } from './driver.ts'
import type { Ino } from './inode.ts'
import { OpenFile } from './open-file.ts'
import type { Tree } from './tree.ts'

/** An open description of a file of a tree: a position in its bytes. */
export class RegularFile extends OpenFile {
  readonly #tree: Tree
  readonly #ino: Ino
  readonly #flags: OpenFlags
  #position = 0

  constructor(tree: Tree, ino: Ino, flags: OpenFlags) {
    super()
    this.#tree = tree
    this.#ino = ino
    this.#flags = flags
    tree.countOpener(ino, 1)
  }

  protected override onClose(): void {
    this.#tree.countOpener(this.#ino, -1)
  }

  read(maxBytes: number): Uint8Array {
    if (!this.#flags.read) throw new KernelError('EBADF')
    const bytes = this.#tree.content(this.#ino).subarray(this.#position, this.#position + maxBytes)
    this.#position += bytes.length
    return bytes
  }

  /** On a full disk as much as fits, and only then ENOSPC (write(2)). */
  write(bytes: Uint8Array, options: { isUnbounded?: boolean } = {}): number {
    if (!this.#flags.write) throw new KernelError('EBADF')
    const at = this.#flags.append ? this.#tree.getattr(this.#ino).sizeBytes : this.#position
    const fitting = this.#tree.roomFor(this.#ino) - at
    if (bytes.length <= fitting) return this.#writeAll(bytes)
    if (fitting <= 0) throw new KernelError('ENOSPC')
    const written = this.#writeAll(bytes.subarray(0, fitting))
    if (options.isUnbounded) throw new KernelError('ENOSPC')
    return written
  }

  #writeAll(bytes: Uint8Array): number {
    const { sizeBytes } = this.#tree.getattr(this.#ino)
    const at = this.#flags.append ? sizeBytes : this.#position
    if (at === 0 && bytes.length >= sizeBytes) this.#tree.setContent(this.#ino, bytes.slice())
    else {
      const old = this.#tree.content(this.#ino)
      const next = new Uint8Array(Math.max(old.length, at + bytes.length))
      next.set(old)
      next.set(bytes, at)
      this.#tree.setContent(this.#ino, next)
    }
    this.#position = at + bytes.length
    return bytes.length
  }

  seek(position: number): void {
    this.#position = position
  }

  override sync(): void {
    this.#tree.fsync(this.#ino)
  }
}
