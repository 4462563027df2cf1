import { type ErrnoName, KernelError } from '../../src/host/errno.ts'
import type { Process } from '../process.ts'
import { complain, errnoOf, joinPath } from './coreutils.ts'
import { type OptionSpec, type ParsedOptions, program, usageError } from './getopt.ts'
import { type ModeChange, parseMode } from './mode.ts'
import { quote, quoteAlways } from './quote.ts'

const SPEC: OptionSpec = {
  options: [
    'R,recursive',
    'c,changes',
    'f,silent',
    'quiet',
    'v,verbose',
    'reference:',
    'no-preserve-root',
    'preserve-root',
  ],
}

/** chmod(1) of coreutils 9.1. A mode may look like an option: `chmod -x file`. */
export const chmod = program(SPEC, (process, options) => run(process, options), {
  rewrite: argv => argv.map(word => (LOOKS_LIKE_MODE.test(word) ? `${MODE_MARK}${word}` : word)),
})

const LOOKS_LIKE_MODE = /^-(?:[rwxXstugoa0-7,+=-])+$/

/** In front of a mode, so that it is read as an operand. */
const MODE_MARK = '\0'

function run(process: Process, options: ParsedOptions): number {
  const marked = options.operands.find(operand => operand.startsWith(MODE_MARK))
  const attached = marked?.slice(MODE_MARK.length)
  const operands = options.operands.filter(operand => operand !== marked)
  const reference = options.value('reference')
  const [first, ...rest] = operands
  const modeText = attached ?? (reference === undefined ? first : undefined)
  const files = attached !== undefined || reference !== undefined ? operands : rest
  if (modeText === undefined && reference === undefined) throw usageError(process, 'missing operand')
  if (files.length === 0) throw usageError(process, `missing operand after ${quote(process, modeText ?? '')}`)
  const change = reference === undefined ? parseMode(modeText ?? '') : modeOf(process, reference)
  if (change === undefined) throw usageError(process, `invalid mode: ${quote(process, modeText ?? '')}`)
  let status = 0
  for (const file of files) status = changeOne(process, file, { change, options }) || status
  return status
}

function modeOf(process: Process, reference: string): ModeChange {
  const { mode } = process.stat(reference)
  return () => mode
}

interface Changing {
  readonly change: ModeChange
  readonly options: ParsedOptions
}

function changeOne(process: Process, path: string, changing: Changing): number {
  const { options, change } = changing
  try {
    const isLink = process.lstat(path).type === 'symlink'
    const old = process.stat(path)
    const mode = change(old.mode, { isDirectory: old.type === 'directory', umask: process.umask })
    const errno = errnoOf(() => process.chmod(path, mode))
    if (errno !== undefined)
      return refuse(process, `changing permissions of ${quoteAlways(path)}`, { errno, options })
    tell(process, path, { old: old.mode, mode, options })
    if (!options.has('recursive') || old.type !== 'directory' || isLink) return 0
    return descend(process, path, changing)
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    return refuse(process, `cannot access ${quoteAlways(path)}`, { errno: error.errno, options })
  }
}

function descend(process: Process, directory: string, changing: Changing): number {
  let status = 0
  for (const name of process.readdir(directory)) {
    const path = joinPath(directory, name)
    if (process.lstat(path).type !== 'symlink') status = changeOne(process, path, changing) || status
  }
  return status
}

function refuse(
  process: Process,
  message: string,
  { errno, options }: { errno: ErrnoName; options: ParsedOptions },
): number {
  return options.has('silent') || options.has('quiet') ? 1 : complain(process, message, errno)
}

function tell(
  process: Process,
  path: string,
  { old, mode, options }: { old: number; mode: number; options: ParsedOptions },
): void {
  const isChanged = old !== mode
  if (!options.has('verbose') && !(options.has('changes') && isChanged)) return
  const octal = (bits: number): string => `${bits.toString(8).padStart(4, '0')} (${permissions(bits)})`
  if (isChanged) process.print(`mode of ${quoteAlways(path)} changed from ${octal(old)} to ${octal(mode)}\n`)
  else process.print(`mode of ${quoteAlways(path)} retained as ${octal(mode)}\n`)
}

/** Nine letters, as `ls -l` shows them. */
export function permissions(mode: number): string {
  const triple = (shift: number, special: boolean, letter: string): string => {
    const bits = (mode >> shift) & 7
    const execute = special ? (bits & 1 ? letter : letter.toUpperCase()) : bits & 1 ? 'x' : '-'
    return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${execute}`
  }
  return (
    triple(6, (mode & 0o4000) !== 0, 's') +
    triple(3, (mode & 0o2000) !== 0, 's') +
    triple(0, (mode & 0o1000) !== 0, 't')
  )
}
