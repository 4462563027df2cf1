import { KernelError } from '../../src/host/errno.ts'
import type { Process } from '../process.ts'
import { complain, dirName, joinPath } from './coreutils.ts'
import { program, usageError } from './getopt.ts'
import { quoteIfNeeded } from './quote.ts'

/** How much of a path must exist: all of it, all but the last component, nothing. */
export type Existing = 'all' | 'parents' | 'none'

/** canonicalize_filename_mode() of gnulib. Throws `KernelError`. */
export function canonicalize(process: Process, path: string, existing: Existing): string {
  const { fs } = process.system
  if (existing === 'all') return fs.realpath(process, path)
  if (path === '') throw new KernelError('ENOENT')
  try {
    return fs.realpath(process, path, true)
  } catch (error) {
    if (
      existing === 'parents' ||
      !(error instanceof KernelError) ||
      !['ENOENT', 'ELOOP'].includes(error.errno)
    )
      throw error
    const parent = canonicalize(process, dirName(path), 'none')
    const last = path.replace(/\/+$/, '').split('/').at(-1) ?? ''
    return last === '..' ? dirName(parent) : last === '.' ? parent : joinPath(parent, last)
  }
}

/** A path as it is seen from a directory. */
export function relativePath(process: Process, path: string, directory: string): string {
  const from = canonicalize(process, directory, 'none').split('/').filter(Boolean)
  const to = canonicalize(process, path, 'none').split('/').filter(Boolean)
  let common = 0
  while (common < from.length && common < to.length && from[common] === to[common]) common++
  const steps = [...from.slice(common).map(() => '..'), ...to.slice(common)]
  return steps.length === 0 ? '.' : steps.join('/')
}

/** realpath(1) of coreutils 9.1. */
export const realpath = program(
  {
    options: [
      'e,canonicalize-existing',
      'm,canonicalize-missing',
      'P,physical',
      'q,quiet',
      'relative-to:',
      'z,zero',
    ],
    unsimulated: ['L,logical', 'relative-base:', 's,strip', 'no-symlinks'],
  },
  (process, options) => {
    if (options.operands.length === 0) throw usageError(process, 'missing operand')
    const existing = options.has('canonicalize-existing')
      ? 'all'
      : options.has('canonicalize-missing')
        ? 'none'
        : 'parents'
    const base = options.value('relative-to')
    let status = 0
    for (const operand of options.operands) {
      try {
        const path = canonicalize(process, operand, existing)
        process.print(
          `${base === undefined ? path : relativePath(process, path, base)}${options.has('zero') ? '\0' : '\n'}`,
        )
      } catch (error) {
        if (!(error instanceof KernelError)) throw error
        status = options.has('quiet') ? 1 : complain(process, quoteIfNeeded(operand), error.errno)
      }
    }
    return status
  },
)
