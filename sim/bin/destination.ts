import type { Process } from '../process.ts'
import { baseName, complain, isDirectory, joinPath } from './coreutils.ts'
import { type ParsedOptions, usageError } from './getopt.ts'
import { quoteAlways } from './quote.ts'

/** From where to where: what the operands of cp, mv and install mean. */
export interface Move {
  readonly from: string
  readonly to: string
}

/** The moves of a command line with -t and -T; or the exit status of a message. Throws `UsageError`. */
export function movesOf(process: Process, options: ParsedOptions): readonly Move[] | number {
  const { operands } = options
  const [first, second, third] = operands
  if (first === undefined) throw usageError(process, 'missing file operand')
  const directory = options.value('target-directory')
  if (directory !== undefined) {
    if (!isDirectory(process, directory))
      return complain(
        process,
        `target directory ${quoteAlways(directory)}`,
        process.exists(directory) ? 'ENOTDIR' : 'ENOENT',
      )
    return into(directory, operands)
  }
  if (second === undefined)
    throw usageError(process, `missing destination file operand after ${quoteAlways(first)}`)
  if (options.has('no-target-directory')) {
    if (third !== undefined) throw usageError(process, `extra operand ${quoteAlways(third)}`)
    return [{ from: first, to: second }]
  }
  const last = operands.at(-1) ?? ''
  if (isDirectory(process, last)) return into(last, operands.slice(0, -1))
  if (third !== undefined)
    return complain(process, `target ${quoteAlways(last)}`, process.exists(last) ? 'ENOTDIR' : 'ENOENT')
  return [{ from: first, to: second }]
}

const into = (directory: string, sources: readonly string[]): readonly Move[] =>
  sources.map(from => ({ from, to: joinPath(directory, baseName(from)) }))
