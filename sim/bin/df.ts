import { strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import { errnoOf } from './coreutils.ts'
import { type ParsedOptions, program, UsageError } from './getopt.ts'
import { type MountedFs, readMountinfo } from './libmount.ts'
import { ceilingSize, parseSize } from './size.ts'

/** A file system with the space that it has. */
interface Row {
  readonly fs: MountedFs
  readonly file: string
  readonly totalBytes: number
  readonly usedBytes: number
}

interface Layout {
  readonly unitBytes: number
  readonly isHuman: boolean
  readonly base: 1000 | 1024
  readonly isPosix: boolean
  readonly isListed: boolean
}

interface Field {
  readonly name: string
  readonly minimum: number
  readonly isRight: boolean
  header(layout: Layout): string
  cell(row: Row, layout: Layout): string
}

const text = (name: string, minimum: number, header: string, cell: (row: Row) => string): Field => ({
  name,
  minimum,
  isRight: false,
  header: () => header,
  cell,
})

const amount = (name: string, header: Field['header'], bytes: (row: Row) => number): Field => ({
  name,
  minimum: 5,
  isRight: true,
  header,
  cell: (row, { isHuman, base, unitBytes }) =>
    isHuman ? ceilingSize(bytes(row), base) : String(Math.ceil(bytes(row) / unitBytes)),
})

const free = ({ totalBytes, usedBytes }: Row): number => totalBytes - usedBytes

/** In the order of the table of src/df.c. */
const FIELDS: readonly Field[] = [
  text('source', 14, 'Filesystem', ({ fs }) => fs.source),
  text('fstype', 4, 'Type', ({ fs }) => fs.fstype),
  amount('size', sizeHeader, row => row.totalBytes),
  amount(
    'used',
    () => 'Used',
    row => row.usedBytes,
  ),
  amount('avail', ({ isHuman, isListed }) => (isHuman || isListed ? 'Avail' : 'Available'), free),
  {
    name: 'pcent',
    minimum: 4,
    isRight: true,
    header: ({ isPosix }) => (isPosix ? 'Capacity' : 'Use%'),
    cell: ({ totalBytes, usedBytes }) =>
      totalBytes === 0 ? '-' : `${Math.ceil((usedBytes / totalBytes) * 100)}%`,
  },
  text('file', 0, 'File', ({ file }) => file),
  text('target', 0, 'Mounted on', ({ fs }) => fs.target),
]

function sizeHeader({ isHuman, isPosix, unitBytes }: Layout): string {
  if (isHuman) return 'Size'
  if (isPosix) return `${unitBytes}-blocks`
  return `${unitBytes === 1024 ? '1K' : unitBytes === 1_048_576 ? '1M' : `${unitBytes}B`}-blocks`
}

/** df(1) of coreutils: blocks; the inodes of a disk are not kept. */
export const df = program(
  {
    options: [
      'a,all',
      'B,block-size:',
      'h,human-readable',
      'H,si',
      'k',
      'm',
      'l,local',
      'P,portability',
      't,type:',
      'T,print-type',
      'x,exclude-type:',
      'output::',
    ],
    unsimulated: ['i,inodes', 'no-sync', 'sync', 'total', 'v'],
  },
  (process, options) => {
    const layout = layoutOf(process, options)
    const fields = fieldsOf(process, options)
    const { rows, status } = rowsOf(process, options)
    if (rows.length > 0) process.print(table(fields, rows, layout))
    else if (status === 0) process.complain('df: no file systems processed\n')
    return rows.length === 0 ? 1 : status
  },
)

function layoutOf(process: Process, options: ParsedOptions): Layout {
  const last = options.last('human-readable', 'si', 'k', 'm', 'block-size')
  const size = options.value('block-size') ?? ''
  // A bare unit (`-BM`) shows itself in every cell.
  const own = /^\d+\w*$/.test(size) ? parseSize(size) : undefined
  if (last === 'block-size' && (own === undefined || !/^(?:1|1K|1M|1024)$/.test(size)))
    throw new Unsimulated('df', `the block size ${size}`)
  if (['DF_BLOCK_SIZE', 'BLOCK_SIZE', 'BLOCKSIZE', 'POSIXLY_CORRECT'].some(name => process.env.has(name)))
    throw new Unsimulated('df', 'a block size of the environment')
  return {
    isHuman: last === 'human-readable' || last === 'si',
    base: last === 'si' ? 1000 : 1024,
    unitBytes: last === 'm' ? 1_048_576 : last === 'block-size' ? (own ?? 1024) : 1024,
    isPosix: options.has('portability'),
    isListed: options.has('output'),
  }
}

function fieldsOf(process: Process, options: ParsedOptions): readonly Field[] {
  if (!options.has('output')) {
    const names = [
      'source',
      ...(options.has('print-type') ? ['fstype'] : []),
      'size',
      'used',
      'avail',
      'pcent',
      'target',
    ]
    return FIELDS.filter(({ name }) => names.includes(name))
  }
  const named = options.value('output')
  if (named === undefined) throw new Unsimulated('df', '--output with the inodes of a file system')
  return named.split(',').map(name => {
    if (/^(?:itotal|iused|iavail|ipcent)$/.test(name)) throw new Unsimulated('df', `the field ${name}`)
    const field = FIELDS.find(other => other.name === name)
    if (field !== undefined) return field
    const hint = "Try 'df --help' for more information.\n"
    throw new UsageError(`${process.argv[0]}: option --output: field '${name}' unknown\n${hint}`, 1)
  })
}

function rowsOf(process: Process, options: ParsedOptions): { rows: readonly Row[]; status: number } {
  const table = readMountinfo(process)
  if (options.operands.length === 0) return { rows: allRows(process, table, options), status: 0 }
  const rows: Row[] = []
  let status = 0
  for (const path of options.operands) {
    const errno = errnoOf(() => process.stat(path))
    if (errno === undefined) {
      const { mount } = process.system.fs.mountOf(process, path)
      const fs = table.find(({ id }) => id === mount.id)
      if (fs !== undefined && isWanted(fs, options)) rows.push(rowOf(process, fs, path))
    } else {
      process.complain(`${process.argv[0]}: ${path}: ${strerror(errno)}\n`)
      status = 1
    }
  }
  return { rows, status }
}

/** All that have room, each device once: the mount with the shortest place (filter_mount_list() of src/df.c). */
function allRows(process: Process, table: readonly MountedFs[], options: ParsedOptions): readonly Row[] {
  const shown = new Map<string, MountedFs>()
  for (const fs of table.filter(one => isWanted(one, options))) {
    const known = options.has('all') ? undefined : shown.get(fs.majorMinor)
    const key = options.has('all') ? String(fs.id) : fs.majorMinor
    if (known === undefined || known.target.length > fs.target.length) shown.set(key, fs)
  }
  return [...shown.values()]
    .map(fs => rowOf(process, fs, '-'))
    .filter(({ totalBytes }) => totalBytes > 0 || options.has('all'))
}

function isWanted({ fstype }: MountedFs, options: ParsedOptions): boolean {
  const types = options.values('type')
  return (types.length === 0 || types.includes(fstype)) && !options.values('exclude-type').includes(fstype)
}

function rowOf(process: Process, fs: MountedFs, file: string): Row {
  const { mount } = process.system.fs.mountOf(process, fs.target)
  if (mount.id !== fs.id) throw new Unsimulated('df', `${fs.target}, over which something else is mounted`)
  const { space } = process.system.fs.mountOf(process, fs.target).driver
  return { fs, file, totalBytes: space.capacityBytes, usedBytes: space.usedBytes }
}

function table(fields: readonly Field[], rows: readonly Row[], layout: Layout): string {
  const cells = [
    fields.map(field => field.header(layout)),
    ...rows.map(row => fields.map(field => field.cell(row, layout))),
  ]
  const widths = fields.map(({ minimum }, at) => Math.max(minimum, ...cells.map(row => row[at]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => {
        if (fields[at]?.isRight) return cell.padStart(widths[at] ?? 0)
        return at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)
      })
      .join(' ')
  return cells.map(row => `${line(row)}\n`).join('')
}
