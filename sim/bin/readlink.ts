import { KernelError } from '../../src/host/errno.ts'
import type { Process } from '../process.ts'
import { complain } from './coreutils.ts'
import { type ParsedOptions, program, usageError } from './getopt.ts'
import { quoteIfNeeded } from './quote.ts'
import { canonicalize } from './realpath.ts'

/** readlink(1) of coreutils 9.1. */
export const readlink = program(
  {
    options: [
      'f,canonicalize',
      'e,canonicalize-existing',
      'm,canonicalize-missing',
      'n,no-newline',
      'q,quiet',
      's,silent',
      'v,verbose',
      'z,zero',
    ],
  },
  (process, options) => {
    if (options.operands.length === 0) throw usageError(process, 'missing operand')
    let status = 0
    for (const operand of options.operands) {
      try {
        const end = options.has('zero')
          ? '\0'
          : options.has('no-newline') && options.operands.length === 1
            ? ''
            : '\n'
        process.print(read(process, operand, options) + end)
      } catch (error) {
        if (!(error instanceof KernelError)) throw error
        status = 1
        if (options.last('verbose', 'quiet', 'silent') === 'verbose')
          complain(process, quoteIfNeeded(operand), error.errno)
      }
    }
    return status
  },
)

function read(process: Process, path: string, options: ParsedOptions): string {
  const mode = options.last('canonicalize', 'canonicalize-existing', 'canonicalize-missing')
  if (mode === undefined) return process.readlink(path)
  return canonicalize(
    process,
    path,
    mode === 'canonicalize' ? 'parents' : mode === 'canonicalize-existing' ? 'all' : 'none',
  )
}
