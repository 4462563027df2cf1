import { Unsimulated } from '../../src/host/host.ts'
import { type Column, formatTable } from '../formats/smartcols.ts'
import type { Process } from '../process.ts'
import { type ParsedOptions, program, UsageError, usageError } from './getopt.ts'
import { humanSize } from './human-size.ts'
import { canonicalPath, isThere, type MountedFs, matchesTypes, readMountinfo } from './libmount.ts'
import { printVersion, utilLinuxRelease } from './util-linux.ts'

interface MountColumn extends Column {
  readonly json: string
  cell(fs: MountedFs, format: Format): string
}

interface Format {
  readonly process: Process
  readonly hasRoot: boolean
  readonly isRaw: boolean
}

const spaceOf = ({ process }: Format, fs: MountedFs): { capacityBytes: number; usedBytes: number } =>
  process.system.fs.mountOf(process, fs.target).driver.space

/** Nothing is a bare 0. */
const size = (bytes: number): string => (bytes === 0 ? '0' : humanSize(bytes))

/** mnt_fs_get_propagation() of libmount, in findmnt's words. */
function propagationOf(fields: readonly string[]): string {
  const has = (name: string): boolean => fields.some(field => field.startsWith(name))
  return [
    has('shared:') ? 'shared' : 'private',
    ...(has('master:') ? ['slave'] : []),
    ...(has('unbindable') ? ['unbindable'] : []),
  ].join(',')
}

const column = (name: string, cell: MountColumn['cell'], isRight = false): MountColumn => ({
  name,
  json: name.toLowerCase(),
  cell,
  isRight,
})

const COLUMNS: readonly MountColumn[] = [
  column('SOURCE', (fs, { hasRoot }) => `${fs.source}${hasRoot && fs.root !== '/' ? `[${fs.root}]` : ''}`),
  column('TARGET', fs => fs.target),
  column('FSTYPE', fs => fs.fstype),
  column('OPTIONS', fs => fs.options.join(',')),
  column('VFS-OPTIONS', fs => fs.vfsOptions),
  column('FS-OPTIONS', fs => fs.fsOptions),
  column('MAJ:MIN', (fs, { isRaw }) => {
    const [major = '', minor = ''] = fs.majorMinor.split(':')
    return isRaw ? fs.majorMinor : `${major.padStart(3)}:${minor.padEnd(3)}`
  }),
  column('OPT-FIELDS', fs => fs.optionalFields.join(' ')),
  column('PROPAGATION', fs => propagationOf(fs.optionalFields)),
  column('FSROOT', fs => fs.root),
  column('ID', fs => String(fs.id), true),
  column('PARENT', fs => String(fs.parentId), true),
  column('SIZE', (fs, format) => size(spaceOf(format, fs).capacityBytes), true),
  column('USED', (fs, format) => size(spaceOf(format, fs).usedBytes), true),
  column(
    'AVAIL',
    (fs, format) => {
      const { capacityBytes, usedBytes } = spaceOf(format, fs)
      return size(capacityBytes - usedBytes)
    },
    true,
  ),
]

/** Columns that the real program has besides. */
const UNMODELLED =
  'LABEL UUID PARTLABEL PARTUUID TID FREQ PASSNO ACTION OLD-TARGET OLD-OPTIONS USE% INO.TOTAL INO.USED INO.AVAIL INO.USE%'.split(
    ' ',
  )

const DEFAULT = ['TARGET', 'SOURCE', 'FSTYPE', 'OPTIONS']

/** findmnt(8) of util-linux, of the kernel's table. */
export const findmnt = program(
  {
    options: [
      'k,kernel',
      'n,noheadings',
      'o,output:',
      'T,target:',
      'M,mountpoint:',
      'S,source:',
      't,types:',
      'l,list',
      'r,raw',
      'P,pairs',
      'J,json',
      'R,submounts',
      'f,first-only',
      'v,nofsroot',
      'u,notruncate',
      'a,ascii',
      'V,version',
    ],
    unsimulated: [
      'A,all',
      'b,bytes',
      'c,canonicalize',
      'C,nocanonicalize',
      'd,direction:',
      'D,df',
      'e,evaluate',
      'F,tab-file:',
      'i,invert',
      'm,mtab',
      'N,task:',
      'O,options:',
      'output-all',
      'p,poll::',
      'pseudo',
      'real',
      's,fstab',
      'shadowed',
      'tree',
      'U,uniq',
      'vfs-all',
      'w,timeout:',
      'x,verify',
      'y,shell',
      'verbose',
    ],
  },
  (process, options) => {
    if (options.has('version')) return printVersion(process, 'findmnt')
    const columns = columnsOf(process, options)
    const table = readMountinfo(process)
    const found = select(process, table, options)
    if (found.length === 0) return 1
    const format = { process, hasRoot: !options.has('nofsroot'), isRaw: isPlain(options) }
    if (isShownAsTree(options)) {
      const roots = options.has('submounts') ? withoutBelow(table, found) : rootsOf(table)
      printTree(process, { table, roots, columns, format }, options)
      return 0
    }
    const shown = options.has('submounts') ? found.flatMap(fs => withBelow(table, fs)) : found
    const rows = shown.map(fs => columns.map(({ cell }) => cell(fs, format)))
    process.print(inForm(process, { columns, rows }, options))
    return 0
  },
)

const isPlain = (options: ParsedOptions): boolean =>
  options.has('raw') || options.has('pairs') || options.has('json')

function columnsOf(process: Process, options: ParsedOptions): readonly MountColumn[] {
  const names = options.value('output')?.split(',') ?? DEFAULT
  return names.map(name => {
    const upper = name.toUpperCase()
    const known = COLUMNS.find(({ name: other }) => other === upper)
    if (known !== undefined) return known
    if (UNMODELLED.includes(upper) || name.startsWith('+'))
      throw new Unsimulated('findmnt', `the column ${name}`)
    throw new UsageError(`${process.argv[0]}: unknown column: ${name}\n`, 1)
  })
}

/** The rows that are asked for, in the order of the table. */
function select(process: Process, table: readonly MountedFs[], options: ParsedOptions): readonly MountedFs[] {
  const [first, second, ...more] = options.operands
  if (more.length > 0) throw usageError(process, 'bad usage')
  let found = table
  const within = options.value('target')
  const types = options.value('types')
  const mountpoint = options.value('mountpoint') ?? second
  const source = options.value('source') ?? (second === undefined ? undefined : first)
  if (within !== undefined) found = containing(process, table, within)
  if (types !== undefined) found = found.filter(fs => matchesTypes(fs.fstype, types))
  if (mountpoint !== undefined) found = found.filter(fs => fs.target === canonicalPath(process, mountpoint))
  if (source !== undefined) found = found.filter(fs => fs.source === source)
  if (first !== undefined && second === undefined) {
    const path = canonicalPath(process, first)
    found = found.filter(fs => fs.target === path || fs.source === first)
  }
  return options.has('first-only') ? found.slice(0, 1) : found
}

/** -T: the mount that a file lies in. */
function containing(process: Process, table: readonly MountedFs[], path: string): readonly MountedFs[] {
  if (!isThere(() => process.stat(path))) return []
  const { mount } = process.system.fs.mountOf(process, path)
  return table.filter(({ id }) => id === mount.id)
}

/** All of it, or what stands on what was found, is a tree; an answer to a question is a list. */
function isShownAsTree(options: ParsedOptions): boolean {
  if (options.has('list') || isPlain(options)) return false
  const isAsking = ['target', 'types', 'mountpoint', 'source', 'first-only'].some(name => options.has(name))
  return options.has('submounts') || (!isAsking && options.operands.length === 0)
}

interface TableToPrint {
  readonly columns: readonly MountColumn[]
  readonly rows: readonly (readonly string[])[]
}

function inForm(process: Process, { columns, rows }: TableToPrint, options: ParsedOptions): string {
  const { isJsonSpread, isHiddenHeaderWide } = utilLinuxRelease(process)
  if (options.has('json')) return json({ columns, rows }, isJsonSpread)
  if (options.has('pairs'))
    return rows.map(row => `${row.map((cell, at) => `${columns[at]?.name}="${cell}"`).join(' ')}\n`).join('')
  const hasHeader = !options.has('noheadings')
  if (!options.has('raw')) return formatTable(columns, rows, { hasHeader, isHiddenHeaderWide })
  if (rows.some(row => row.some(cell => /[\s\\]/.test(cell) || cell === '')))
    throw new Unsimulated('findmnt', 'a cell that --raw escapes')
  const header = hasHeader ? [columns.map(({ name }) => name)] : []
  return [...header, ...rows].map(row => `${row.join(' ')}\n`).join('')
}

function json({ columns, rows }: TableToPrint, isSpread: boolean): string {
  const row = (cells: readonly string[]): string => {
    const pairs = cells.map((cell, at) => [JSON.stringify(columns[at]?.json), JSON.stringify(cell)])
    if (!isSpread) return `{${pairs.map(pair => pair.join(':')).join(', ')}}`
    return `{\n${pairs.map(pair => `         ${pair.join(': ')}`).join(',\n')}\n      }`
  }
  return `{\n   "filesystems": [\n      ${rows.map(row).join(isSpread ? ',' : ',\n      ')}\n   ]\n}\n`
}

const rootsOf = (table: readonly MountedFs[]): readonly MountedFs[] =>
  table.filter(fs => !table.some(other => other.id === fs.parentId && other !== fs))

/** Those that are shown below no other. */
const withoutBelow = (table: readonly MountedFs[], found: readonly MountedFs[]): readonly MountedFs[] =>
  found.filter(fs => !found.some(other => other !== fs && withBelow(table, other).includes(fs)))

const withBelow = (table: readonly MountedFs[], top: MountedFs): readonly MountedFs[] => [
  top,
  ...table.filter(fs => fs.parentId === top.id && fs !== top).flatMap(fs => withBelow(table, fs)),
]

interface TreeToPrint {
  readonly table: readonly MountedFs[]
  readonly roots: readonly MountedFs[]
  readonly columns: readonly MountColumn[]
  readonly format: Format
}

/** With the lines of the C locale in front of the targets. */
function printTree(process: Process, tree: TreeToPrint, options: ParsedOptions): void {
  const rows: string[][] = []
  const visit = (fs: MountedFs, lead: string, own: string): void => {
    rows.push(
      tree.columns.map(({ name, cell }) => (name === 'TARGET' ? lead + own : '') + cell(fs, tree.format)),
    )
    const children = tree.table.filter(other => other.parentId === fs.id && other !== fs)
    const below = own === '' ? lead : lead + (own === '`-' ? '  ' : '| ')
    for (const [at, child] of children.entries())
      visit(child, below, at === children.length - 1 ? '`-' : '|-')
  }
  for (const root of tree.roots) visit(root, '', '')
  const { isHiddenHeaderWide } = utilLinuxRelease(process)
  const hasHeader = !options.has('noheadings')
  process.print(formatTable(tree.columns, rows, { hasHeader, isHiddenHeaderWide }))
}
