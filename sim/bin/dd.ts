import { type ErrnoName, KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { concatBytes } from '../../src/host/surrogate-escape.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { complain } from './coreutils.ts'
import { program, usageError } from './getopt.ts'
import { quoteAlways } from './quote.ts'
import { parseSize } from './size.ts'

const SIZES = ['bs', 'ibs', 'obs', 'count', 'skip', 'seek', 'iseek', 'oseek'] as const
const STATUS = ['none', 'noxfer', 'progress']
const CONVERSIONS = ['notrunc', 'nocreat', 'excl', 'fsync', 'fdatasync', 'sync', 'noerror', 'ucase', 'lcase']
const UNMODELLED_CONVERSIONS = ['ascii', 'ebcdic', 'ibm', 'block', 'unblock', 'swab', 'sparse']
const FLAGS = [
  'append',
  'direct',
  'directory',
  'dsync',
  'sync',
  'fullblock',
  'nonblock',
  'noatime',
  'nocache',
  'noctty',
  'nofollow',
]

/** What is copied is held in memory. */
const LARGEST_BYTES = 256 * 2 ** 20

/** dd(1) of coreutils 9.1. */
export const dd = program({ options: [] }, function* (process, options): Blocking<number> {
  const plan = readOperands(process, options.operands)
  if (typeof plan === 'number') return plan
  const count = new Counter(process)
  const input = openInput(process, plan)
  if (typeof input === 'string') {
    // A directory can be opened, and then not be read.
    if (input !== 'EISDIR') return complain(process, `failed to open ${quoteAlways(plan.input ?? '')}`, input)
    complain(process, `error reading ${quoteAlways(plan.input ?? '')}`, input)
    return count.report(plan.status, 1)
  }
  const output = openOutput(process, plan)
  if (typeof output === 'string')
    return complain(process, `failed to open ${quoteAlways(plan.output ?? '')}`, output)
  const failure = yield* copy(process, { plan, input, output, count })
  if (failure !== undefined)
    complain(
      process,
      `writing to ${plan.output === undefined ? "'standard output'" : quoteAlways(plan.output)}`,
      failure,
    )
  if (plan.conversions.has('fsync') || plan.conversions.has('fdatasync')) process.file(output).sync()
  return count.report(plan.status, failure === undefined ? 0 : 1)
})

interface Plan {
  readonly input: string | undefined
  readonly output: string | undefined
  readonly sizes: Readonly<Partial<Record<(typeof SIZES)[number], number>>>
  readonly conversions: ReadonlySet<string>
  readonly inputFlags: ReadonlySet<string>
  readonly outputFlags: ReadonlySet<string>
  readonly status: string | undefined
}

function readOperands(process: Process, operands: readonly string[]): Plan | number {
  const values = new Map<string, string>()
  const sizes: Partial<Record<(typeof SIZES)[number], number>> = {}
  for (const operand of operands) {
    const [name = '', value] = operand.split(/=(.*)/s)
    const isSize = SIZES.find(known => known === name)
    const isWord = ['if', 'of', 'conv', 'iflag', 'oflag', 'status'].includes(name)
    if (name === 'cbs') throw new Unsimulated('dd', operand)
    if (value === undefined || (isSize === undefined && !isWord))
      throw usageError(process, `unrecognized operand ${quoteAlways(operand)}`)
    if (isSize === undefined) values.set(name, value)
    else {
      const size = value.split('x').reduce<number | undefined>((product, factor) => {
        const parsed = parseSize(factor)
        return product === undefined || parsed === undefined ? undefined : product * parsed
      }, 1)
      if (size === undefined || (size === 0 && name.endsWith('bs')))
        return complain(process, `invalid number: ${quoteAlways(value)}`)
      sizes[isSize] = size
    }
  }
  const status = values.get('status')
  if (status !== undefined && !STATUS.includes(status))
    throw usageError(process, `invalid status level: ${quoteAlways(status)}`)
  return {
    input: values.get('if'),
    output: values.get('of'),
    sizes,
    conversions: words(process, values.get('conv'), {
      known: CONVERSIONS,
      unmodelled: UNMODELLED_CONVERSIONS,
      what: 'conversion',
    }),
    inputFlags: words(process, values.get('iflag'), {
      known: FLAGS,
      unmodelled: ['count_bytes', 'skip_bytes'],
      what: 'input flag',
    }),
    outputFlags: words(process, values.get('oflag'), {
      known: FLAGS,
      unmodelled: ['seek_bytes'],
      what: 'output flag',
    }),
    status,
  }
}

function words(
  process: Process,
  text: string | undefined,
  { known, unmodelled, what }: { known: readonly string[]; unmodelled: readonly string[]; what: string },
): ReadonlySet<string> {
  const found = text === undefined ? [] : text.split(',')
  for (const word of found) {
    if (unmodelled.includes(word)) throw new Unsimulated('dd', `the ${what} ${word}`)
    if (!known.includes(word)) throw usageError(process, `invalid ${what}: ${quoteAlways(word)}`)
  }
  return new Set(found)
}

function errnoOrFd(open: () => number): number | ErrnoName {
  try {
    return open()
  } catch (error) {
    if (error instanceof KernelError) return error.errno
    throw error
  }
}

const openInput = (process: Process, { input }: Plan): number | ErrnoName =>
  input === undefined ? 0 : errnoOrFd(() => process.open(input, { read: true }))

function openOutput(process: Process, plan: Plan): number | ErrnoName {
  const { output, sizes, conversions, outputFlags } = plan
  const seek = (sizes.seek ?? sizes.oseek ?? 0) * (sizes.bs ?? sizes.obs ?? 512)
  if (output === undefined) {
    if (seek > 0) throw new Unsimulated('dd', 'seek= on standard output')
    return 1
  }
  const isTruncating = !conversions.has('notrunc')
  return errnoOrFd(() => {
    const fd = process.open(output, {
      write: true,
      create: !conversions.has('nocreat'),
      ...(conversions.has('excl') ? { exclusive: true } : {}),
      ...(outputFlags.has('append') ? { append: true } : {}),
      ...(isTruncating && seek === 0 ? { truncate: true } : {}),
    })
    const isFile = process.stat(output).type === 'file'
    if (seek > 0 && isFile && isTruncating) process.system.fs.truncate(process, output, seek)
    if (seek > 0) process.file(fd).seek(seek)
    return fd
  })
}

interface Copy {
  readonly plan: Plan
  readonly input: number
  readonly output: number
  readonly count: Counter
}

/** Reads blocks and writes them: as they come with bs=, gathered to obs= otherwise. The errno of a write. */
function* copy(process: Process, { plan, input, output, count }: Copy): Blocking<ErrnoName | undefined> {
  const { sizes, conversions } = plan
  const blockSize = sizes.bs ?? sizes.ibs ?? 512
  const outputSize = sizes.bs ?? sizes.obs ?? 512
  yield* skip(process, input, (sizes.skip ?? sizes.iseek ?? 0) * blockSize)
  let pending = new Uint8Array()
  const write = function* (bytes: Uint8Array): Blocking<ErrnoName | undefined> {
    try {
      yield* process.write(output, bytes)
      count.wrote(bytes.length, outputSize)
      return undefined
    } catch (error) {
      if (error instanceof KernelError) return error.errno
      throw error
    }
  }
  for (let block = 0; block < (sizes.count ?? Number.POSITIVE_INFINITY); block++) {
    let bytes = yield* readBlock(process, input, {
      size: blockSize,
      isFull: plan.inputFlags.has('fullblock'),
    })
    if (bytes.length === 0) break
    count.read(bytes.length, blockSize)
    if (conversions.has('sync') && bytes.length < blockSize) bytes = padded(bytes, blockSize)
    const converted = convert(bytes, conversions)
    if (sizes.bs !== undefined) {
      const errno = yield* write(converted)
      if (errno !== undefined) return errno
      continue
    }
    pending = new Uint8Array(concatBytes([pending, converted]))
    while (pending.length >= outputSize) {
      const errno = yield* write(pending.subarray(0, outputSize))
      if (errno !== undefined) return errno
      pending = pending.subarray(outputSize)
    }
  }
  return pending.length > 0 ? yield* write(pending) : undefined
}

function* skip(process: Process, fd: number, bytes: number): Blocking<void> {
  if (bytes === 0) return
  if (fd !== 0) {
    process.file(fd).seek(bytes)
    return
  }
  for (let left = bytes; left > 0; ) {
    const { length } = yield* process.read(fd, left)
    if (length === 0) return
    left -= length
  }
}

/** One read(2), or as many as a whole block takes. */
function* readBlock(
  process: Process,
  fd: number,
  { size, isFull }: { readonly size: number; readonly isFull: boolean },
): Blocking<Uint8Array> {
  if (size > LARGEST_BYTES) throw new Unsimulated('dd', `a block of ${size} bytes`)
  const parts: Uint8Array[] = []
  let length = 0
  do {
    const bytes = yield* process.read(fd, size - length)
    if (bytes.length === 0) break
    parts.push(bytes)
    length += bytes.length
  } while (isFull && length < size)
  return concatBytes(parts)
}

function padded(bytes: Uint8Array, size: number): Uint8Array {
  const whole = new Uint8Array(size)
  whole.set(bytes)
  return whole
}

function convert(bytes: Uint8Array, conversions: ReadonlySet<string>): Uint8Array {
  if (conversions.has('ucase')) return bytes.map(byte => (byte >= 97 && byte <= 122 ? byte - 32 : byte))
  return conversions.has('lcase') ? bytes.map(byte => (byte >= 65 && byte <= 90 ? byte + 32 : byte)) : bytes
}

/** The records, whole and partial, and what is said of them. */
class Counter {
  readonly #process: Process
  readonly #startNs: number
  readonly #in = { whole: 0, partial: 0 }
  readonly #out = { whole: 0, partial: 0 }
  #bytes = 0

  constructor(process: Process) {
    this.#process = process
    this.#startNs = process.clock.monotonicNs
  }

  read(bytes: number, size: number): void {
    this.#in[bytes === size ? 'whole' : 'partial']++
  }

  wrote(bytes: number, size: number): void {
    this.#out[bytes === size ? 'whole' : 'partial']++
    this.#bytes += bytes
    if (this.#bytes > LARGEST_BYTES) throw new Unsimulated('dd', 'copying more than 256 MiB')
  }

  /** Prints what status= leaves of it; the exit status. */
  report(status: string | undefined, exitCode: number): number {
    if (status === 'none') return exitCode
    const records = ({ whole, partial }: { whole: number; partial: number }): string =>
      `${whole}+${partial} records`
    this.#process.complain(`${records(this.#in)} in\n${records(this.#out)} out\n`)
    if (status === 'noxfer') return exitCode
    const seconds = (this.#process.clock.monotonicNs - this.#startNs) / 1e9
    const rate = seconds === 0 ? 'Infinity B' : `${human(this.#bytes / seconds, 1000)}B`
    this.#process.complain(
      `${this.#bytes} ${this.#bytes === 1 ? 'byte' : 'bytes'}${inUnits(this.#bytes)} copied, ${Number(seconds.toPrecision(6))} s, ${rate}/s\n`,
    )
    return exitCode
  }
}

/** The round figures in brackets, from where they are shorter. */
function inUnits(bytes: number): string {
  if (bytes < 1000) return ''
  const decimal = `${human(bytes, 1000)}B`
  return bytes < 1024 ? ` (${decimal})` : ` (${decimal}, ${human(bytes, 1024)}iB)`
}

function human(value: number, base: 1000 | 1024): string {
  let exponent = 0
  while (value >= base ** (exponent + 1) && exponent < 5) exponent++
  const scaled = value / base ** exponent
  const letter = base === 1000 ? 'kMGTP'.charAt(exponent - 1) : 'KMGTP'.charAt(exponent - 1)
  return `${scaled < 10 && exponent > 0 ? scaled.toFixed(1) : Math.round(scaled)} ${letter}`
}
