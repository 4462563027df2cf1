import type { Process } from '../process.ts'
import { baseName, complain, dirName, errnoOf, isDirectory, joinPath, lstatIfThere } from './coreutils.ts'
import { type ParsedOptions, program, usageError } from './getopt.ts'
import { quoteAlways, quoteIfNeeded } from './quote.ts'
import { relativePath } from './realpath.ts'

/** ln(1) of coreutils 9.1. */
export const ln = program(
  {
    options: [
      'f,force',
      'n,no-dereference',
      'r,relative',
      's,symbolic',
      't,target-directory:',
      'T,no-target-directory',
      'v,verbose',
      'P,physical',
    ],
    unsimulated: ['b', 'backup::', 'd,directory', 'F', 'i,interactive', 'L,logical', 'S,suffix:'],
  },
  (process, options) => {
    const { operands } = options
    const [first, second] = operands
    if (first === undefined) throw usageError(process, 'missing file operand')
    const directory = options.value('target-directory')
    if (directory !== undefined) return linkInto(process, operands, { directory, options })
    if (options.has('no-target-directory')) {
      if (second === undefined)
        throw usageError(process, `missing destination file operand after ${quoteAlways(first)}`)
      return link(process, { target: first, path: second }, options)
    }
    const last = operands.at(-1) ?? ''
    if (second === undefined) return linkInto(process, operands, { directory: '.', options })
    const isLink = options.has('no-dereference') && lstatIfThere(process, last)?.type === 'symlink'
    if (!isLink && isDirectory(process, last))
      return linkInto(process, operands.slice(0, -1), { directory: last, options })
    if (operands.length > 2)
      return complain(process, `target ${quoteAlways(last)}`, process.exists(last) ? 'ENOTDIR' : 'ENOENT')
    return link(process, { target: first, path: second }, options)
  },
)

function linkInto(
  process: Process,
  targets: readonly string[],
  into: { directory: string; options: ParsedOptions },
): number {
  let status = 0
  for (const target of targets)
    status =
      link(process, { target, path: joinPath(into.directory, baseName(target)) }, into.options) || status
  return status
}

function link(
  process: Process,
  { target, path }: { target: string; path: string },
  options: ParsedOptions,
): number {
  const isSymbolic = options.has('symbolic')
  const kind = isSymbolic ? 'symbolic' : 'hard'
  const stored = isSymbolic && options.has('relative') ? relativePath(process, target, dirName(path)) : target
  if (!isSymbolic) {
    const errno = errnoOf(() => process.lstat(target))
    if (errno !== undefined) return complain(process, `failed to access ${quoteAlways(target)}`, errno)
    if (isDirectory(process, target))
      return complain(process, `${quoteIfNeeded(target)}: hard link not allowed for directory`)
  }
  if (options.has('force') && lstatIfThere(process, path)?.type === 'directory')
    return complain(process, `${quoteIfNeeded(path)}: cannot overwrite directory`)
  if (options.has('force') && lstatIfThere(process, path) !== undefined) process.unlink(path)
  const errno = errnoOf(() => (isSymbolic ? process.symlink(stored, path) : process.link(target, path)))
  if (errno !== undefined) {
    const arrow = errno === 'EEXIST' || isSymbolic ? '' : ` => ${quoteAlways(target)}`
    return complain(process, `failed to create ${kind} link ${quoteAlways(path)}${arrow}`, errno)
  }
  if (options.has('verbose'))
    process.print(`${quoteAlways(path)} ${isSymbolic ? '->' : '=>'} ${quoteAlways(stored)}\n`)
  return 0
}
