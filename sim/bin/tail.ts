import { KernelError } from '../../src/host/errno.ts'
import { concatBytes } from '../../src/host/surrogate-escape.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { complain } from './coreutils.ts'
import { program } from './getopt.ts'
import { oldCount, parseSize, splitLines } from './head.ts'
import { quote, quoteAlways } from './quote.ts'

/** tail(1) of coreutils 9.1, without following. */
export const tail = program(
  {
    options: ['c,bytes:', 'n,lines:', 'q,quiet', 'silent', 'v,verbose'],
    unsimulated: [
      'f,follow::',
      'F',
      'pid:',
      'retry',
      's,sleep-interval:',
      'z,zero-terminated',
      'max-unchanged-stats:',
    ],
  },
  function* (process, options): Blocking<number> {
    const unit = options.last('bytes', 'lines') ?? 'lines'
    const text = options.value(unit) ?? '10'
    const count = parseSize(text.replace(/^[-+]/, ''))
    if (count === undefined) return complain(process, `invalid number of ${unit}: ${quote(process, text)}`)
    const operands = options.operands.length > 0 ? options.operands : ['-']
    const isTitled =
      operands.length > 1 ? !options.has('quiet') && !options.has('silent') : options.has('verbose')
    let status = 0
    for (const [index, operand] of operands.entries()) {
      const bytes = yield* content(process, operand)
      if (bytes === undefined) {
        status = 1
        continue
      }
      if (isTitled)
        yield* process.write(
          1,
          `${index > 0 ? '\n' : ''}==> ${operand === '-' ? 'standard input' : operand} <==\n`,
        )
      yield* process.write(
        1,
        last(bytes, { count, isFromStart: text.startsWith('+'), isBytes: unit === 'bytes' }),
      )
    }
    return status
  },
  { rewrite: oldCount },
)

function* content(process: Process, operand: string): Blocking<Uint8Array | undefined> {
  let fd = 0
  let isOpen = false
  try {
    if (operand !== '-') fd = process.open(operand, { read: true })
    isOpen = true
    return yield* process.readToEnd(fd)
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    complain(
      process,
      isOpen ? `error reading ${quoteAlways(operand)}` : `cannot open ${quoteAlways(operand)} for reading`,
      error.errno,
    )
    return undefined
  } finally {
    if (fd !== 0) process.close(fd)
  }
}

function last(
  bytes: Uint8Array,
  part: { count: number; isFromStart: boolean; isBytes: boolean },
): Uint8Array {
  const { count, isFromStart, isBytes } = part
  const from = (length: number): number =>
    isFromStart ? Math.max(0, count - 1) : Math.max(0, length - count)
  if (isBytes) return bytes.subarray(from(bytes.length))
  const lines = splitLines(bytes)
  return concatBytes(lines.slice(from(lines.length)))
}
