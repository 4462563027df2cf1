import { KernelError, strerror } from '../../src/host/errno.ts'
import { directoryOf } from '../formats/go-path.ts'
import { GoError } from '../formats/go-toml/go-error.ts'
import type { Process } from '../process.ts'

/** Runs a system call; what it refuses becomes Go's `PathError`: `mkdir /x: permission denied`. */
export function pathCall<T>(call: string, path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    throw new GoError(`${call} ${path}: ${strerror(error.errno).toLowerCase()}`)
  }
}

/** os.MkdirAll. */
export function mkdirAll(process: Process, path: string, mode: number): void {
  if (process.exists(path)) {
    if (process.stat(path).type === 'directory') return
    throw new GoError(`mkdir ${path}: ${strerror('ENOTDIR').toLowerCase()}`)
  }
  mkdirAll(process, directoryOf(path), mode)
  pathCall('mkdir', path, () => process.mkdir(path, mode))
}

/** os.Mkdir, where an existing directory is no error. */
export function mkdirIfMissing(process: Process, path: string, mode: number): void {
  if (!process.exists(path)) pathCall('mkdir', path, () => process.mkdir(path, mode))
}
