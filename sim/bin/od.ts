import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { concatBytes } from '../../src/host/surrogate-escape.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { complain } from './coreutils.ts'
import { type ParsedOptions, program } from './getopt.ts'
import { type Cell, cellOf } from './od-cell.ts'
import { quote, quoteIfNeeded } from './quote.ts'
import { parseSize } from './size.ts'

/** Letters of the old options, as types. */
const OLD: Readonly<Record<string, string>> = {
  a: 'a',
  b: 'o1',
  c: 'c',
  d: 'u2',
  o: 'o2',
  s: 'd2',
  i: 'd4',
  l: 'd8',
  x: 'x2',
}

/** od(1) of coreutils 9.1, with one output type. */
export const od = program(
  {
    options: [
      'A,address-radix:',
      'j,skip-bytes:',
      'N,read-bytes:',
      't,format:',
      'v,output-duplicates',
      'w,width::',
      ...Object.keys(OLD),
    ],
    unsimulated: ['endian:', 'S,strings::', 'traditional', 'f', 'e', 'h'],
  },
  function* (process, options): Blocking<number> {
    const types = options.all.flatMap(({ name, argument }) =>
      name === 'format' ? [argument ?? ''] : (OLD[name] ?? []),
    )
    if (types.length > 1) throw new Unsimulated('od', 'several output types at once')
    const cell = cellOf(types[0] ?? 'o2')
    if (typeof cell === 'string') return complain(process, `${cell} ${quote(process, types[0] ?? '')}`)
    const radix = options.value('address-radix') ?? 'o'
    if (!['o', 'd', 'x', 'n'].includes(radix))
      return complain(
        process,
        `invalid output address radix '${radix}'; it must be one character from [doxn]`,
      )
    const { bytes, status } = yield* readAll(process, options)
    const skipped = amount(options, 'skip-bytes') ?? 0
    if (skipped > bytes.length) return complain(process, 'cannot skip past end of combined input')
    const shown = bytes.subarray(skipped, skipped + (amount(options, 'read-bytes') ?? bytes.length))
    process.print(dump(shown, { cell, radix, start: skipped, options }))
    return status
  },
)

function amount(options: ParsedOptions, name: string): number | undefined {
  const text = options.value(name)
  if (text === undefined) return undefined
  const size = parseSize(text)
  if (size === undefined) throw new Unsimulated('od', `the number ${text}`)
  return size
}

function* readAll(
  process: Process,
  options: ParsedOptions,
): Blocking<{ readonly bytes: Uint8Array; readonly status: number }> {
  const parts: Uint8Array[] = []
  let status = 0
  for (const path of options.operands.length === 0 ? ['-'] : options.operands) {
    try {
      parts.push(path === '-' ? yield* process.readToEnd(0) : process.readFile(path))
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      status = complain(process, quoteIfNeeded(path), error.errno)
    }
  }
  return { bytes: concatBytes(parts), status: parts.length === 0 ? 1 : status }
}

interface Dump {
  readonly cell: Cell
  readonly radix: string
  readonly start: number
  readonly options: ParsedOptions
}

function dump(bytes: Uint8Array, { cell, radix, start, options }: Dump): string {
  const width = options.has('width') ? Number(options.value('width') ?? '32') : 16
  if (width % cell.size !== 0) throw new Unsimulated('od', `rows of ${width} bytes`)
  const lines: string[] = []
  let before: string | undefined
  let isStarred = false
  for (let at = 0; at < bytes.length; at += width) {
    const row = bytes.subarray(at, at + width)
    const key = row.length === width ? row.join() : undefined
    if (key !== undefined && key === before && !options.has('output-duplicates')) {
      if (!isStarred) lines.push('*\n')
      isStarred = true
      continue
    }
    before = key
    isStarred = false
    lines.push(`${address(start + at, radix)}${formatRow(row, cell, width)}\n`)
  }
  const end = radix === 'n' ? '' : `${address(start + bytes.length, radix)}\n`
  return lines.join('') + (bytes.length === 0 && radix === 'n' ? '' : end)
}

function formatRow(row: Uint8Array, cell: Cell, width: number): string {
  let text = ''
  for (let at = 0; at < row.length; at += cell.size) {
    const item = new Uint8Array(cell.size)
    item.set(row.subarray(at, at + cell.size))
    text += ` ${cell.format(item).padStart(cell.width)}`
  }
  if (!cell.isShowingText) return text
  const full = (width / cell.size) * (cell.width + 1)
  const shown = Array.from(row, byte => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')
  return `${text.padEnd(full)}  >${shown}<`
}

function address(offset: number, radix: string): string {
  if (radix === 'n') return ''
  if (radix === 'x') return offset.toString(16).padStart(6, '0')
  return offset.toString(radix === 'd' ? 10 : 8).padStart(7, '0')
}
