import { KernelError } from '../../src/host/errno.ts'
import { decodeText } from '../../src/host/surrogate-escape.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { complain } from './coreutils.ts'
import { program } from './getopt.ts'
import { quoteIfNeeded } from './quote.ts'

interface Counts {
  readonly lines: number
  readonly words: number
  readonly chars: number
  readonly bytes: number
}

const COLUMNS = ['lines', 'words', 'chars', 'bytes'] as const

/** wc(1) of coreutils 9.1. */
export const wc = program(
  {
    options: ['c,bytes', 'l,lines', 'm,chars', 'w,words'],
    unsimulated: ['L,max-line-length', 'files0-from:'],
  },
  function* (process, options): Blocking<number> {
    const chosen = COLUMNS.filter(column => options.has(column))
    const columns = chosen.length > 0 ? chosen : (['lines', 'words', 'bytes'] as const)
    const rows: { name: string; counts: Counts }[] = []
    let status = 0
    for (const operand of options.operands.length > 0 ? options.operands : ['-']) {
      const bytes = yield* content(process, operand)
      if (bytes === undefined) status = 1
      else rows.push({ name: options.operands.length > 0 ? ` ${operand}` : '', counts: count(bytes) })
    }
    if (options.operands.length > 1) rows.push({ name: ' total', counts: total(rows.map(row => row.counts)) })
    const width = widthOf(process, options.operands, columns.length)
    for (const { name, counts } of rows)
      yield* process.write(
        1,
        `${columns.map(column => String(counts[column]).padStart(width)).join(' ')}${name}\n`,
      )
    return status
  },
)

/** As wide as the sizes of all files together; 7 where one has no size; 1 for a single column of a single file. */
function widthOf(process: Process, operands: readonly string[], columns: number): number {
  if (operands.length <= 1 && columns === 1) return 1
  const files = operands
    .filter(path => path === '-' || process.exists(path))
    .map(path => (path === '-' ? undefined : process.stat(path)))
  const isSized = operands.length > 0 && files.every(file => file?.type === 'file')
  const digits = String(files.reduce((sum, file) => sum + (file?.sizeBytes ?? 0), 0)).length
  return isSized ? digits : Math.max(7, digits)
}

function* content(process: Process, operand: string): Blocking<Uint8Array | undefined> {
  let fd = 0
  try {
    if (operand !== '-') fd = process.open(operand, { read: true })
    return yield* process.readToEnd(fd)
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    complain(process, quoteIfNeeded(operand), error.errno)
    return undefined
  } finally {
    if (fd !== 0) process.close(fd)
  }
}

function count(bytes: Uint8Array): Counts {
  const text = decodeText(bytes)
  const words = text.split(/[ \t\n\v\f\r]+/).filter(word => word !== '')
  return { lines: text.split('\n').length - 1, words: words.length, chars: bytes.length, bytes: bytes.length }
}

function total(all: readonly Counts[]): Counts {
  const sum = (column: (typeof COLUMNS)[number]): number =>
    all.reduce((value, counts) => value + counts[column], 0)
  return { lines: sum('lines'), words: sum('words'), chars: sum('chars'), bytes: sum('bytes') }
}
