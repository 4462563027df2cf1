import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import { copy } from './copy.ts'
import { complain, errnoOf, isDirectory, lstatIfThere } from './coreutils.ts'
import { type Move, movesOf } from './destination.ts'
import { type ParsedOptions, program } from './getopt.ts'
import { quoteAlways } from './quote.ts'
import { removeTree } from './rm.ts'

/** mv(1) of coreutils 9.1. */
export const mv = program(
  {
    options: [
      'f,force',
      'n,no-clobber',
      't,target-directory:',
      'T,no-target-directory',
      'u,update',
      'v,verbose',
    ],
    unsimulated: ['b', 'backup::', 'i,interactive', 'strip-trailing-slashes', 'S,suffix:', 'Z,context'],
  },
  (process, options) => {
    const moves = movesOf(process, options)
    if (typeof moves === 'number') return moves
    let status = 0
    for (const move of moves) status = moveOne(process, move, options) || status
    return status
  },
)

function moveOne(process: Process, { from, to }: Move, options: ParsedOptions): number {
  const missing = errnoOf(() => process.lstat(from))
  if (missing !== undefined) return complain(process, `cannot stat ${quoteAlways(from)}`, missing)
  const source = process.lstat(from)
  const target = lstatIfThere(process, to)
  if (target !== undefined && options.has('no-clobber')) return 0
  if (target !== undefined && options.has('update') && target.mtimeSeconds >= source.mtimeSeconds) return 0
  if (target !== undefined && target.ino === source.ino && target.dev === source.dev)
    return complain(process, `${quoteAlways(from)} and ${quoteAlways(to)} are the same file`)
  if (target !== undefined && source.type !== 'directory' && isDirectory(process, to))
    return complain(process, `cannot overwrite directory ${quoteAlways(to)} with non-directory`)
  if (target !== undefined && source.type === 'directory' && target.type !== 'directory')
    return complain(
      process,
      `cannot overwrite non-directory ${quoteAlways(to)} with directory ${quoteAlways(from)}`,
    )
  const errno = errnoOf(() => process.rename(from, to))
  if (errno === 'EXDEV') return moveAcross(process, { from, to }, options)
  if (errno === 'EINVAL')
    return complain(
      process,
      `cannot move ${quoteAlways(from)} to a subdirectory of itself, ${quoteAlways(to)}`,
    )
  if (errno !== undefined)
    return complain(process, `cannot move ${quoteAlways(from)} to ${quoteAlways(to)}`, errno)
  if (options.has('verbose')) process.print(`renamed ${quoteAlways(from)} -> ${quoteAlways(to)}\n`)
  return 0
}

/** rename(2) refuses: it is copied with all its attributes, and then removed. */
function moveAcross(process: Process, { from, to }: Move, options: ParsedOptions): number {
  if (options.has('verbose')) throw new Unsimulated('mv', '-v of a move to another file system')
  const target = lstatIfThere(process, to)
  const isDirectory = target?.type === 'directory'
  const errno = target && errnoOf(() => (isDirectory ? process.rmdir(to) : process.unlink(to)))
  if (errno !== undefined)
    return complain(process, `cannot move ${quoteAlways(from)} to ${quoteAlways(to)}`, errno)
  const status = copy(process, from, to, {
    isRecursive: true,
    isKeepingLinks: true,
    preserved: new Set(['mode', 'ownership', 'timestamps']),
    isForced: false,
    isKeepingExisting: false,
    isOnlyNewer: false,
    isVerbose: false,
  })
  return status === 0 ? removeTree(process, from) : status
}
