import { type ErrnoName, KernelError } from '../../src/host/errno.ts'

/**
 * What a file system says about the options it is given: its errno, and the words that it writes to the log of its context
 * (errorf() and invalf() of include/linux/fs_context.h), which only who mounts by fsopen(2) can read.
 */
export class FsContextError extends KernelError {
  readonly log: string

  constructor(errno: ErrnoName, log: string) {
    super(errno)
    this.log = log
  }
}
