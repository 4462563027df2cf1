import { type ErrnoName, KernelError, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { formatTable } from '../formats/smartcols.ts'
import { isCapable } from '../kernel/credentials.ts'
import type { Process } from '../process.ts'
import { errnoOf } from './coreutils.ts'
import { type ParsedOptions, program, usageError } from './getopt.ts'
import { humanSize } from './human-size.ts'
import { readFstab } from './libmount.ts'
import { printVersion, utilLinuxRelease } from './util-linux.ts'

/** Where mkswap(8) leaves its signature: at the end of the first page (include/linux/swap.h). */
const SIGNATURE_AT = 4096 - 10
const SIGNATURE = 'SWAPSPACE2'

const PAGE_BYTES = 4096
/** `last_page` of the header. */
const LAST_PAGE_AT = 1024 + 4

const FAILED = 255

/** swapon(8) of util-linux, of files. */
export const swapon = program(
  {
    options: [
      'a,all',
      's,summary',
      'show::',
      'e,ifexists',
      'noheadings',
      'raw',
      'bytes',
      'v,verbose',
      'V,version',
    ],
    unsimulated: ['d,discard::', 'f,fixpgsz', 'L:', 'U:', 'o,options:', 'p,priority:', 'output-all'],
  },
  (process, options) => {
    if (options.has('version')) return printVersion(process, 'swapon')
    if (options.has('ifexists') && !options.has('all')) throw usageError(process, 'bad usage')
    const isAsking = options.has('summary') || options.has('show')
    if (isAsking || (options.operands.length === 0 && !options.has('all'))) return show(process, options)
    let status = 0
    if (options.has('all')) status = turnOnAll(process)
    for (const operand of options.operands) status |= turnOn(process, operand)
    return status
  },
)

const COLUMNS: Readonly<
  Record<string, { readonly isRight: boolean; cell(row: SwapRow, isBytes: boolean): string }>
> = {
  NAME: { isRight: false, cell: ({ path }) => path },
  TYPE: { isRight: false, cell: ({ type }) => type },
  SIZE: { isRight: true, cell: ({ sizeKiB }, isBytes) => sizeText(sizeKiB, isBytes) },
  USED: { isRight: true, cell: ({ usedKiB }, isBytes) => sizeText(usedKiB, isBytes) },
  PRIO: { isRight: true, cell: ({ priority }) => String(priority) },
}

const sizeText = (kib: number, isBytes: boolean): string =>
  isBytes ? String(kib * 1024) : humanSize(kib * 1024)

/** Nothing is said where there is none. */
function show(process: Process, options: ParsedOptions): number {
  const rows = swapsOf(process)
  if (rows.length === 0) return 0
  if (options.has('summary')) {
    process.print(process.readText('/proc/swaps'))
    return 0
  }
  const names = options.value('show')?.split(',') ?? ['NAME', 'TYPE', 'SIZE', 'USED', 'PRIO']
  const columns = names.map(name => {
    const known = COLUMNS[name.toUpperCase()]
    if (known === undefined) throw new Unsimulated('swapon', `the column ${name}`)
    return { name: name.toUpperCase(), ...known }
  })
  const cells = rows.map(row => columns.map(({ cell }) => cell(row, options.has('bytes'))))
  if (options.has('raw')) throw new Unsimulated('swapon', '--raw')
  const { isHiddenHeaderWide } = utilLinuxRelease(process)
  process.print(formatTable(columns, cells, { hasHeader: !options.has('noheadings'), isHiddenHeaderWide }))
  return 0
}

interface SwapRow {
  readonly path: string
  readonly type: string
  readonly sizeKiB: number
  readonly usedKiB: number
  readonly priority: number
}

/** The rows of /proc/swaps. */
export const swapsOf = (process: Process): readonly SwapRow[] =>
  process
    .readText('/proc/swaps')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map(line => {
      const [path = '', type = '', size, used, priority] = line.split(/\s+/)
      return { path, type, sizeKiB: Number(size), usedKiB: Number(used), priority: Number(priority) }
    })

function turnOnAll(process: Process): number {
  let status = 0
  for (const { source, fstype, options } of readFstab(process)) {
    if (fstype !== 'swap' || options.includes('noauto')) continue
    const isSparing = options.includes('nofail')
    if (/^(?:LABEL|UUID|PARTLABEL|PARTUUID)=/.test(source)) {
      if (isSparing) continue
      throw new Unsimulated('swapon', `${source} of fstab`)
    }
    if (isSparing && !process.canAccess(source, 'read')) continue
    status |= turnOn(process, source)
  }
  return status
}

function turnOn(process: Process, path: string): number {
  const complain = (text: string): number => {
    process.complain(`${process.argv[0]}: ${text}\n`)
    return FAILED
  }
  const errno: ErrnoName | undefined = errnoOf(() => process.readFile(path).length)
  if (errno !== undefined) return complain(`cannot open ${path}: ${strerror(errno)}`)
  const { type, mode, uid } = process.stat(path)
  if (type !== 'file') throw new Unsimulated('swapon', path)
  if ((mode & 0o077) !== 0) complain(`${path}: insecure permissions 0${mode.toString(8)}, 0600 suggested.`)
  if (uid !== 0) complain(`${path}: insecure file owner ${uid}, 0 (root) suggested.`)
  const bytes = process.readFile(path)
  const signature = bytes.subarray(SIGNATURE_AT, SIGNATURE_AT + SIGNATURE.length)
  if (String.fromCharCode(...signature) !== SIGNATURE) return complain(`${path}: read swap header failed`)
  const refused = errnoOf(() => add(process, path, bytes))
  return refused === undefined ? 0 : complain(`${path}: swapon failed: ${strerror(refused)}`)
}

/** swapon(2): what the header says that there is, and no more than the file has. */
function add(process: Process, path: string, bytes: Uint8Array): void {
  if (!isCapable(process.credentials, 'cap_sys_admin')) throw new KernelError('EPERM')
  const pages = new DataView(bytes.buffer, bytes.byteOffset).getUint32(LAST_PAGE_AT, true)
  if (pages === 0 || (pages + 1) * PAGE_BYTES > bytes.length) throw new KernelError('EINVAL')
  const { mount, node, path: real } = process.system.fs.mountOf(process, path)
  if (mount.fstype === 'tmpfs' || mount.fstype === 'overlay')
    throw new Unsimulated('swapon', `${path} on ${mount.fstype}`)
  process.kernel.swaps.add({
    superblock: mount.superblock,
    node,
    path: real,
    sizeKiB: pages * (PAGE_BYTES / 1024),
  })
}
