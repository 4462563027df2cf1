import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { concatBytes, encodeText } from '../../src/host/surrogate-escape.ts'
import { isAtLeast, upstreamVersion } from '../formats/package-version.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { complain } from './coreutils.ts'
import { type ParsedOptions, program, usageError } from './getopt.ts'
import { splitLines } from './head.ts'
import { isUtf8, quote, quoteIfNeeded } from './quote.ts'

interface Range {
  readonly from: number
  readonly to: number
}

interface Cutting {
  readonly ranges: readonly Range[]
  readonly isByField: boolean
  readonly delimiter: number
  readonly between: Uint8Array
  readonly hasBetween: boolean
  readonly isDelimitedOnly: boolean
}

/** cut(1) of coreutils: characters are bytes to it, until 9.10. */
export const cut = program(
  {
    options: [
      'b,bytes:',
      'c,characters:',
      'complement',
      'd,delimiter:',
      'f,fields:',
      'output-delimiter:',
      's,only-delimited',
    ],
    unsimulated: ['n', 'z,zero-terminated'],
  },
  function* (process, options): Blocking<number> {
    const cutting = cuttingOf(process, options)
    let status = 0
    for (const operand of options.operands.length > 0 ? options.operands : ['-']) {
      const bytes = yield* content(process, operand)
      if (bytes instanceof KernelError) status = complain(process, quoteIfNeeded(operand), bytes.errno)
      else yield* process.write(1, concatBytes(splitLines(bytes).flatMap(line => cutLine(line, cutting))))
    }
    return status
  },
)

const isSince = (process: Process, version: string): boolean =>
  isAtLeast(upstreamVersion(process.system.packageVersion('coreutils') ?? '9.1'), version)

function cuttingOf(process: Process, options: ParsedOptions): Cutting {
  const lists = options.all.filter(({ name }) => ['bytes', 'characters', 'fields'].includes(name))
  const [list, ...others] = lists
  if (list === undefined) throw usageError(process, 'you must specify a list of bytes, characters, or fields')
  if (others.length > 0)
    throw usageError(
      process,
      isSince(process, '9.1') ? 'only one list may be specified' : 'only one type of list may be specified',
    )
  // coreutils 9.7 takes bytes, 9.10 the characters of the locale; between them nobody has looked.
  if (list.name === 'characters' && isSince(process, '9.8') && isUtf8(process))
    throw new Unsimulated('cut', '-c of characters that are not bytes')
  const isByField = list.name === 'fields'
  const delimiter = encodeText(options.value('delimiter') ?? '\t')
  if (options.has('delimiter') && !isByField) throw new Unsimulated('cut', 'a delimiter without fields')
  if (delimiter.length > 1) throw usageError(process, 'the delimiter must be a single character')
  if (options.has('only-delimited') && !isByField) throw new Unsimulated('cut', '-s without fields')
  const ranges = parseRanges(process, list.argument ?? '', isByField)
  const output = options.value('output-delimiter')
  return {
    ranges: options.has('complement') ? complement(ranges) : ranges,
    isByField,
    delimiter: delimiter[0] ?? 0,
    between: output === undefined ? delimiter : encodeText(output),
    hasBetween: output !== undefined,
    isDelimitedOnly: options.has('only-delimited'),
  }
}

function parseRanges(process: Process, text: string, isByField: boolean): readonly Range[] {
  const ranges = text.split(/[, \t]/).map(part => {
    const [whole, from = '', dash = '', to = ''] = /^(\d*)(-?)(\d*)$/.exec(part) ?? []
    if (whole === undefined && isByField && !/[\d-]/.test(part))
      throw usageError(process, `invalid field value ${quote(process, part)}`)
    if (whole === undefined || whole === '' || whole === '-') throw new Unsimulated('cut', `the list ${text}`)
    if (from === '0' || (dash !== '' && to === '0'))
      throw usageError(
        process,
        isByField ? 'fields are numbered from 1' : 'byte/character positions are numbered from 1',
      )
    const first = from === '' ? 1 : Number(from)
    const last = dash === '' ? first : to === '' ? Number.POSITIVE_INFINITY : Number(to)
    if (last < first) throw usageError(process, 'invalid decreasing range')
    return { from: first, to: last }
  })
  return merged(ranges)
}

/** In order; those that overlap are one, and those that only touch stay apart (set-fields.c). */
function merged(ranges: readonly Range[]): readonly Range[] {
  const sorted = ranges.toSorted((left, right) => left.from - right.from)
  const result: Range[] = []
  for (const range of sorted) {
    const last = result.at(-1)
    if (last !== undefined && range.from <= last.to)
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
    else result.push(range)
  }
  return result
}

function complement(ranges: readonly Range[]): readonly Range[] {
  const gaps: Range[] = []
  let from = 1
  for (const range of ranges) {
    if (range.from > from) gaps.push({ from, to: range.from - 1 })
    from = range.to + 1
  }
  return from === Number.POSITIVE_INFINITY ? gaps : [...gaps, { from, to: Number.POSITIVE_INFINITY }]
}

const NEWLINE = Uint8Array.of(10)

function cutLine(line: Uint8Array, cutting: Cutting): readonly Uint8Array[] {
  const body = line.at(-1) === 10 ? line.subarray(0, -1) : line
  if (!cutting.isByField) {
    const parts = cutting.ranges
      .map(({ from, to }) => body.subarray(from - 1, to))
      .filter(part => part.length > 0)
    return [...(cutting.hasBetween ? joined(parts, cutting.between) : parts), NEWLINE]
  }
  if (!body.includes(cutting.delimiter)) return cutting.isDelimitedOnly ? [] : [body, NEWLINE]
  const fields = splitLines(body, cutting.delimiter).map(field =>
    field.at(-1) === cutting.delimiter ? field.subarray(0, -1) : field,
  )
  if (body.at(-1) === cutting.delimiter) fields.push(new Uint8Array())
  const chosen = fields.filter((_, index) =>
    cutting.ranges.some(({ from, to }) => index + 1 >= from && index + 1 <= to),
  )
  return [...joined(chosen, cutting.between), NEWLINE]
}

const joined = (parts: readonly Uint8Array[], between: Uint8Array): readonly Uint8Array[] =>
  parts.flatMap((part, index) => (index === 0 ? [part] : [between, part]))

function* content(process: Process, path: string): Blocking<Uint8Array | KernelError> {
  let fd = 0
  try {
    if (path !== '-') fd = process.open(path, { read: true })
    return yield* process.readToEnd(fd)
  } catch (error) {
    if (error instanceof KernelError) return error
    throw error
  } finally {
    if (fd !== 0) process.close(fd)
  }
}
