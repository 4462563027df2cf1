import type { ErrnoName } from '../../src/host/errno.ts'
import type { Process } from '../process.ts'
import { complain, errnoOf, isDirectory } from './coreutils.ts'
import { program, usageError } from './getopt.ts'
import { type ModeChange, parseMode } from './mode.ts'
import { quote, quoteAlways } from './quote.ts'

interface Making {
  readonly mode: ModeChange | undefined
  readonly isVerbose: boolean
}

/** mkdir(1) of coreutils 9.1. */
export const mkdir = program(
  { options: ['m,mode:', 'p,parents', 'v,verbose'], unsimulated: ['Z', 'context::'] },
  (process, options) => {
    if (options.operands.length === 0) throw usageError(process, 'missing operand')
    const modeText = options.value('mode')
    const mode = modeText === undefined ? undefined : parseMode(modeText)
    if (modeText !== undefined && mode === undefined)
      return complain(process, `invalid mode ${quote(process, modeText)}`)
    const making = { mode, isVerbose: options.has('verbose') }
    let status = 0
    for (const operand of options.operands)
      status =
        (options.has('parents')
          ? makeParents(process, operand, making)
          : makeOne(process, operand, making)) || status
    return status
  },
)

function makeOne(process: Process, path: string, making: Making): number {
  const errno = make(process, path, making)
  return errno === undefined ? 0 : complain(process, `cannot create directory ${quote(process, path)}`, errno)
}

function make(process: Process, path: string, { mode, isVerbose }: Making): ErrnoName | undefined {
  const errno = errnoOf(() => process.mkdir(path, 0o777))
  if (errno !== undefined) return errno
  if (mode !== undefined) process.chmod(path, mode(0o777, { isDirectory: true, umask: process.umask }))
  if (isVerbose) process.print(`${process.argv[0]}: created directory ${quoteAlways(path)}\n`)
  return undefined
}

/** The parents get the default mode and u+wx; what is there already is left alone. */
function makeParents(process: Process, path: string, making: Making): number {
  const names = path.split(/(?<=[^/])\/+(?=[^/])/)
  for (const [index] of names.entries()) {
    const current = names.slice(0, index + 1).join('/')
    if (isDirectory(process, current)) continue
    const isLast = index === names.length - 1
    const errno = make(process, current, isLast ? making : { ...making, mode: undefined })
    const shown = errno === 'EEXIST' && !isLast ? 'ENOTDIR' : errno
    if (shown !== undefined)
      return complain(process, `cannot create directory ${quote(process, current)}`, shown)
  }
  return 0
}
