import { KernelError } from '../../src/host/errno.ts'
import type { Process } from '../process.ts'
import { baseName, complain, errnoOf, joinPath } from './coreutils.ts'
import { ParsedOptions, program, usageError } from './getopt.ts'
import { quoteAlways } from './quote.ts'

/** rm(1) of coreutils 9.1; nobody is asked, for there is no terminal. */
export const rm = program(
  {
    options: [
      'f,force',
      'r,recursive',
      'R',
      'd,dir',
      'v,verbose',
      'no-preserve-root',
      'preserve-root::',
      'one-file-system',
    ],
    unsimulated: ['i', 'I', 'interactive::'],
  },
  (process, options) => {
    if (
      options.all.some(({ name, written }) => name === 'no-preserve-root' && written !== '--no-preserve-root')
    )
      return complain(process, 'you may not abbreviate the --no-preserve-root option')
    if (options.operands.length === 0 && !options.has('force')) throw usageError(process, 'missing operand')
    let status = 0
    for (const operand of options.operands) status = removeOperand(process, operand, options) || status
    return status
  },
)

const isRecursive = (options: ParsedOptions): boolean => options.has('recursive') || options.has('R')

function removeOperand(process: Process, operand: string, options: ParsedOptions): number {
  const last = baseName(operand)
  if (isRecursive(options) && (last === '.' || last === '..'))
    return complain(process, `refusing to remove '.' or '..' directory: skipping ${quoteAlways(operand)}`)
  if (
    isRecursive(options) &&
    /^\/+$/.test(operand) &&
    options.last('preserve-root', 'no-preserve-root') !== 'no-preserve-root'
  ) {
    complain(process, `it is dangerous to operate recursively on ${quoteAlways(operand)}`)
    return complain(process, 'use --no-preserve-root to override this failsafe')
  }
  return remove(process, operand, options)
}

function remove(process: Process, path: string, options: ParsedOptions): number {
  try {
    if (process.lstat(path).type === 'directory') return removeDirectory(process, path, options)
    process.unlink(path)
    if (options.has('verbose')) process.print(`removed ${quoteAlways(path)}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    const isMissing = error.errno === 'ENOENT' || error.errno === 'ENOTDIR'
    return isMissing && options.has('force')
      ? 0
      : complain(process, `cannot remove ${quoteAlways(path)}`, error.errno)
  }
}

function removeDirectory(process: Process, path: string, options: ParsedOptions): number {
  if (!isRecursive(options) && !options.has('dir'))
    return complain(process, `cannot remove ${quoteAlways(path)}`, 'EISDIR')
  let status = 0
  if (isRecursive(options))
    for (const name of process.readdir(path))
      status = remove(process, joinPath(path, name), options) || status
  if (status !== 0) return status
  const errno = errnoOf(() => process.rmdir(path))
  if (errno !== undefined) return complain(process, `cannot remove ${quoteAlways(path)}`, errno)
  if (options.has('verbose')) process.print(`removed directory ${quoteAlways(path)}\n`)
  return 0
}

/** A file or a directory with all that is in it; what it complains of has the caller's name. */
export const removeTree = (process: Process, path: string): number =>
  remove(process, path, new ParsedOptions([{ name: 'recursive', argument: undefined, written: '-r' }], []))
