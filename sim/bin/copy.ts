import { KernelError } from '../../src/host/errno.ts'
import type { SimStat } from '../fs/vfs.ts'
import type { Process } from '../process.ts'
import { complain, errnoOf, joinPath, lstatIfThere } from './coreutils.ts'
import { quoteAlways } from './quote.ts'

/** How cp, mv and install copy. */
export interface CopyOptions {
  readonly isRecursive: boolean
  /** A symlink is copied as one: cp -P and -a. */
  readonly isKeepingLinks: boolean
  readonly preserved: ReadonlySet<'mode' | 'ownership' | 'timestamps'>
  readonly isForced: boolean
  readonly isKeepingExisting: boolean
  readonly isOnlyNewer: boolean
  readonly isVerbose: boolean
}

/** Copies a file, a link or a tree to a path, in the words of copy.c of coreutils; the exit status. */
export function copy(process: Process, from: string, to: string, options: CopyOptions): number {
  try {
    const source = options.isKeepingLinks ? process.lstat(from) : process.stat(from)
    const target = statIfThere(process, to)
    if (source.type === 'directory') return copyDirectory(process, { from, to, source, target }, options)
    if (target?.type === 'directory')
      return complain(process, `cannot overwrite directory ${quoteAlways(to)} with non-directory`)
    if (target !== undefined && target.ino === source.ino && target.dev === source.dev)
      return complain(process, `${quoteAlways(from)} and ${quoteAlways(to)} are the same file`)
    if (
      target !== undefined &&
      (options.isKeepingExisting || (options.isOnlyNewer && target.mtimeSeconds >= source.mtimeSeconds))
    )
      return 0
    const status =
      source.type === 'symlink'
        ? copyLink(process, { from, to, target })
        : copyContent(process, { from, to, source, target }, options)
    if (status === 0 && options.isVerbose) process.print(`${quoteAlways(from)} -> ${quoteAlways(to)}\n`)
    return status
  } catch (error) {
    if (error instanceof KernelError)
      return complain(process, `cannot stat ${quoteAlways(from)}`, error.errno)
    throw error
  }
}

interface Pair {
  readonly from: string
  readonly to: string
  readonly source: SimStat
  readonly target: SimStat | undefined
}

/** What is at the target, symlinks followed unless they dangle. */
function statIfThere(process: Process, path: string): SimStat | undefined {
  return process.exists(path) ? process.stat(path) : lstatIfThere(process, path)
}

function copyDirectory(process: Process, { from, to, source, target }: Pair, options: CopyOptions): number {
  if (!options.isRecursive)
    return complain(process, `-r not specified; omitting directory ${quoteAlways(from)}`)
  if (target !== undefined && target.type !== 'directory')
    return complain(
      process,
      `cannot overwrite non-directory ${quoteAlways(to)} with directory ${quoteAlways(from)}`,
    )
  const root = process.system.fs.realpath(process, from)
  const names = process.readdir(from)
  if (target === undefined) {
    const errno = errnoOf(() => process.mkdir(to, source.mode & 0o777))
    if (errno !== undefined) return complain(process, `cannot create directory ${quoteAlways(to)}`, errno)
    if (options.isVerbose) process.print(`${quoteAlways(from)} -> ${quoteAlways(to)}\n`)
  }
  if (`${process.system.fs.realpath(process, to)}/`.startsWith(`${root}/`))
    return complain(process, `cannot copy a directory, ${quoteAlways(from)}, into itself, ${quoteAlways(to)}`)
  let status = 0
  for (const name of names)
    status =
      copy(process, joinPath(from, name), joinPath(to, name), { ...options, isKeepingLinks: true }) || status
  preserve(process, to, { source, preserved: options.preserved })
  return status
}

function copyLink(process: Process, { from, to, target }: Omit<Pair, 'source'>): number {
  if (target !== undefined) process.unlink(to)
  const errno = errnoOf(() => process.symlink(process.readlink(from), to))
  return errno === undefined ? 0 : complain(process, `cannot create symbolic link ${quoteAlways(to)}`, errno)
}

function copyContent(process: Process, { from, to, source, target }: Pair, options: CopyOptions): number {
  let content: Uint8Array
  try {
    content = process.readFile(from)
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    return complain(process, `cannot open ${quoteAlways(from)} for reading`, error.errno)
  }
  const write = (): void => process.writeFile(to, content, { mode: source.mode & 0o777 })
  let errno = errnoOf(write)
  if (errno !== undefined && target !== undefined && options.isForced) {
    process.unlink(to)
    errno = errnoOf(write)
  }
  if (errno === 'ENOSPC') return complain(process, `error writing ${quoteAlways(to)}`, errno)
  if (errno !== undefined) return complain(process, `cannot create regular file ${quoteAlways(to)}`, errno)
  preserve(process, to, { source, preserved: options.preserved })
  return 0
}

function preserve(
  process: Process,
  path: string,
  { source, preserved }: { source: SimStat; preserved: CopyOptions['preserved'] },
): void {
  if (preserved.has('ownership')) errnoOf(() => process.chown(path, source.uid, source.gid))
  if (preserved.has('mode')) process.chmod(path, source.mode)
  if (preserved.has('timestamps')) process.utimes(path, source.mtimeSeconds)
}
