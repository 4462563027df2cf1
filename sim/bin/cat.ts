import { KernelError } from '../../src/host/errno.ts'
import { decodeText } from '../../src/host/surrogate-escape.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { complain } from './coreutils.ts'
import { type ParsedOptions, program } from './getopt.ts'
import { quoteIfNeeded } from './quote.ts'

/** cat(1) of coreutils 9.1. */
export const cat = program(
  {
    options: ['n,number', 'u'],
    unsimulated: [
      'A,show-all',
      'b,number-nonblank',
      'e',
      'E,show-ends',
      's,squeeze-blank',
      't',
      'T,show-tabs',
      'v,show-nonprinting',
    ],
  },
  function* (process, options): Blocking<number> {
    let status = 0
    const numbering = { line: 1, isAtStart: true }
    for (const operand of options.operands.length > 0 ? options.operands : ['-'])
      status = (yield* copy(process, operand, { options, numbering })) || status
    return status
  },
)

interface Copying {
  readonly options: ParsedOptions
  readonly numbering: { line: number; isAtStart: boolean }
}

function* copy(process: Process, operand: string, copying: Copying): Blocking<number> {
  let fd = 0
  try {
    if (operand !== '-') fd = process.open(operand, { read: true })
    for (;;) {
      const bytes = yield* process.read(fd)
      if (bytes.length === 0) return 0
      yield* process.write(
        1,
        copying.options.has('number') ? number(decodeText(bytes), copying.numbering) : bytes,
      )
    }
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    return complain(process, quoteIfNeeded(operand), error.errno)
  } finally {
    if (fd !== 0) process.close(fd)
  }
}

function number(text: string, numbering: { line: number; isAtStart: boolean }): string {
  let out = ''
  for (const line of text.split(/(?<=\n)/)) {
    out += numbering.isAtStart ? `${String(numbering.line++).padStart(6)}\t${line}` : line
    numbering.isAtStart = line.endsWith('\n')
  }
  return out
}
