import { type ErrnoName, KernelError, strerror } from '../../src/host/errno.ts'
import type { SimStat } from '../fs/vfs.ts'
import type { Process } from '../process.ts'

/** error(3) with an errno: `NAME: message: No such file or directory`. Returns 1, a program's exit status. */
export function complain(process: Process, message: string, errno?: ErrnoName): 1 {
  const reason = errno === undefined ? '' : `: ${strerror(errno)}`
  process.complain(`${process.argv[0] ?? ''}: ${message}${reason}\n`)
  return 1
}

/** Runs `call`; gives the errno that the kernel refused it with. */
export function errnoOf(call: () => void): ErrnoName | undefined {
  try {
    call()
    return undefined
  } catch (error) {
    if (error instanceof KernelError) return error.errno
    throw error
  }
}

/** lstat(2), or undefined where there is nothing. Other errors are thrown. */
export function lstatIfThere(process: Process, path: string): SimStat | undefined {
  try {
    return process.lstat(path)
  } catch (error) {
    if (error instanceof KernelError && (error.errno === 'ENOENT' || error.errno === 'ENOTDIR'))
      return undefined
    throw error
  }
}

/** Whether a path is a directory, symlinks followed. */
export function isDirectory(process: Process, path: string): boolean {
  return errnoOf(() => process.stat(path)) === undefined && process.stat(path).type === 'directory'
}

/** A name in a directory. */
export const joinPath = (directory: string, name: string): string =>
  directory.endsWith('/') ? directory + name : `${directory}/${name}`

/** The last component, as basename(1) has it. */
export function baseName(path: string): string {
  const trimmed = path.replace(/\/+$/, '')
  if (trimmed === '') return path === '' ? '' : '/'
  return trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

/** What is in front of the last component, as dirname(1) has it. */
export function dirName(path: string): string {
  const trimmed = path.replace(/\/+$/, '')
  if (trimmed === '') return path.startsWith('/') ? '/' : '.'
  const slash = trimmed.lastIndexOf('/')
  if (slash < 0) return '.'
  return trimmed.slice(0, slash).replace(/\/+$/, '') || '/'
}
