import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import { complain, errnoOf } from './coreutils.ts'
import { program, usageError } from './getopt.ts'
import { quote, quoteAlways } from './quote.ts'
import { parseSize } from './size.ts'

/** truncate(1) of coreutils 9.1. */
export const truncate = program(
  { options: ['c,no-create', 'r,reference:', 's,size:'], unsimulated: ['o,io-blocks'] },
  (process, options) => {
    const given = options.value('size')
    const reference = options.value('reference')
    if (given === undefined && reference === undefined)
      throw usageError(
        process,
        `you must specify either ${quote(process, '--size')} or ${quote(process, '--reference')}`,
      )
    if (options.operands.length === 0) throw usageError(process, 'missing file operand')
    const [, mode = '', text = '0'] = /^\s*([-+<>/%]?)(.*)$/s.exec(given ?? '') ?? []
    const amount = given === undefined ? 0 : parseSize(text)
    if (amount === undefined) return complain(process, `Invalid number: ${quote(process, given ?? '')}`)
    if (reference !== undefined && given !== undefined && mode === '')
      throw new Unsimulated('truncate', 'an absolute size with --reference')
    const missing = reference === undefined ? undefined : errnoOf(() => process.stat(reference))
    if (missing !== undefined)
      return complain(process, `cannot stat ${quoteAlways(reference ?? '')}`, missing)
    let status = 0
    for (const path of options.operands) {
      const base = reference === undefined ? undefined : process.stat(reference).sizeBytes
      const wanted = {
        mode: given === undefined ? '+' : mode,
        amount: given === undefined ? 0 : amount,
        base,
      }
      status = truncateOne(process, path, { ...wanted, isCreating: !options.has('no-create') }) || status
    }
    return status
  },
)

interface Wanted {
  readonly mode: string
  readonly amount: number
  /** What a relative size is relative to, where that is another file. */
  readonly base: number | undefined
  readonly isCreating: boolean
}

function truncateOne(process: Process, path: string, { mode, amount, base, isCreating }: Wanted): number {
  try {
    if (!isCreating && !process.exists(path)) return 0
    process.close(process.open(path, { write: true, create: isCreating }))
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    return complain(process, `cannot open ${quoteAlways(path)} for writing`, error.errno)
  }
  const size = resize(mode, base ?? process.stat(path).sizeBytes, amount)
  const errno = errnoOf(() => process.system.fs.truncate(process, path, size))
  if (errno === undefined) return 0
  return complain(process, `failed to truncate ${quoteAlways(path)} at ${size} bytes`, errno)
}

function resize(mode: string, size: number, amount: number): number {
  switch (mode) {
    case '+':
      return size + amount
    case '-':
      return Math.max(0, size - amount)
    case '<':
      return Math.min(size, amount)
    case '>':
      return Math.max(size, amount)
    case '/':
      return Math.floor(size / amount) * amount
    case '%':
      return Math.ceil(size / amount) * amount
    default:
      return amount
  }
}
