import type { Wait } from '../scheduler.ts'

/** An open file description (open(2)): what descriptors point at, shared by dup(2) and fork(2). */
export abstract class OpenFile {
  #holders = 0
  /** Of what has a path: the mount that it was opened through, which is busy until it is closed. */
  openedThrough:
    | {
        readonly mountId: number
        readonly superblock: string
        readonly node: number | string
        readonly isWriting: boolean
      }
    | undefined
  /** Gives back the lock of flock(2) that this description holds. */
  unlock: (() => void) | undefined

  /** A descriptor was made for it. */
  hold(): void {
    this.#holders++
  }

  /** A descriptor was closed; the last one closes the description. */
  release(): void {
    if (--this.#holders > 0) return
    this.unlock?.()
    this.onClose()
  }

  protected onClose(): void {}

  /** Up to `maxBytes`; empty at end of file; undefined when the caller has to wait. Throws `KernelError`. */
  abstract read(maxBytes: number): Uint8Array | undefined

  /** How many bytes were taken; 0 when the caller has to wait. Throws `KernelError`. */
  abstract write(bytes: Uint8Array, options?: { isUnbounded?: boolean }): number

  isReadable(): boolean {
    return true
  }

  /** What a caller that has to wait for bytes waits for. */
  whenReadable(): Wait {
    return { isReady: () => this.isReadable() }
  }

  isWritable(): boolean {
    return true
  }

  /** isatty(3). */
  get isTerminal(): boolean {
    return false
  }

  /** fsync(2); nothing to do where there is no disk. */
  sync(): void {}

  /** lseek(2) to an absolute position; pipes are ESPIPE. */
  abstract seek(position: number): void
}
