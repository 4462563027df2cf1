import { KernelError } from '../../src/host/errno.ts'
import { concatBytes } from '../../src/host/surrogate-escape.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { complain } from './coreutils.ts'
import { type ParsedOptions, program } from './getopt.ts'
import { quote, quoteAlways } from './quote.ts'

const MULTIPLIERS: Readonly<Record<string, number>> = {
  '': 1,
  b: 512,
  k: 1024,
  K: 1024,
  KB: 1000,
  KiB: 1024,
  M: 1_048_576,
  MB: 1_000_000,
  MiB: 1_048_576,
  G: 1_073_741_824,
}

/** A number with a suffix as head, tail and dd take it; undefined where it is none. */
export function parseSize(text: string): number | undefined {
  const [, digits, suffix = ''] = /^(\d+)([A-Za-z]*)$/.exec(text) ?? []
  const multiplier = MULTIPLIERS[suffix]
  return digits === undefined || multiplier === undefined ? undefined : Number(digits) * multiplier
}

/** `head -5` and `tail -5`: the old form of -n. */
export const oldCount = (argv: readonly string[]): readonly string[] =>
  argv.map((word, index) => (index === 1 && /^-\d+$/.test(word) ? `-n${word.slice(1)}` : word))

/** head(1) of coreutils 9.1. */
export const head = program(
  { options: ['c,bytes:', 'n,lines:', 'q,quiet', 'silent', 'v,verbose', 'z,zero-terminated'] },
  function* (process, options): Blocking<number> {
    const unit = options.last('bytes', 'lines') ?? 'lines'
    const text = options.value(unit) ?? '10'
    const count = parseSize(text.replace(/^-/, ''))
    if (count === undefined) return complain(process, `invalid number of ${unit}: ${quote(process, text)}`)
    const isAllBut = text.startsWith('-')
    const operands = options.operands.length > 0 ? options.operands : ['-']
    const isTitled =
      operands.length > 1 ? !options.has('quiet') && !options.has('silent') : options.has('verbose')
    let status = 0
    for (const [index, operand] of operands.entries()) {
      const title = isTitled
        ? `${index > 0 ? '\n' : ''}==> ${operand === '-' ? 'standard input' : operand} <==\n`
        : ''
      status =
        (yield* show(process, operand, { count, isAllBut, isBytes: unit === 'bytes', title, options })) ||
        status
    }
    return status
  },
  { rewrite: oldCount },
)

interface Showing {
  readonly count: number
  readonly isAllBut: boolean
  readonly isBytes: boolean
  readonly title: string
  readonly options: ParsedOptions
}

function* show(process: Process, operand: string, showing: Showing): Blocking<number> {
  let fd = 0
  let isOpen = false
  try {
    if (operand !== '-') fd = process.open(operand, { read: true })
    isOpen = true
    yield* process.write(1, showing.title)
    if (showing.isAllBut) yield* process.write(1, allBut(yield* process.readToEnd(fd), showing))
    else yield* copyFirst(process, fd, showing)
    return 0
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    if (error.errno === 'ENOSPC') return complain(process, "error writing 'standard output'", error.errno)
    const what = isOpen ? 'error reading' : `cannot open ${quoteAlways(operand)} for reading`
    return complain(process, isOpen ? `${what} ${quoteAlways(operand)}` : what, error.errno)
  } finally {
    if (fd !== 0) process.close(fd)
  }
}

function* copyFirst(process: Process, fd: number, { count, isBytes, options }: Showing): Blocking<void> {
  const end = options.has('zero-terminated') ? 0 : 10
  for (let left = count; left > 0; ) {
    const bytes = yield* process.read(fd, isBytes ? Math.min(left, 65_536) : 65_536)
    if (bytes.length === 0) return
    let length = isBytes ? bytes.length : 0
    if (isBytes) left -= length
    else for (; length < bytes.length && left > 0; length++) if (bytes[length] === end) left--
    yield* process.write(1, bytes.subarray(0, length))
  }
}

function allBut(bytes: Uint8Array, { count, isBytes }: Showing): Uint8Array {
  if (isBytes) return bytes.subarray(0, Math.max(0, bytes.length - count))
  const lines = splitLines(bytes)
  return concatBytes(lines.slice(0, Math.max(0, lines.length - count)))
}

/** The lines of a text, with their newlines. */
export function splitLines(bytes: Uint8Array, end = 10): readonly Uint8Array[] {
  const lines: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const newline = bytes.indexOf(end, at)
    const next = newline < 0 ? bytes.length : newline + 1
    lines.push(bytes.subarray(at, next))
    at = next
  }
  return lines
}
