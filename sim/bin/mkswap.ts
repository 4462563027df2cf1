import { strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import { errnoOf } from './coreutils.ts'
import { program, usageError } from './getopt.ts'
import { humanSize } from './human-size.ts'
import { printVersion } from './util-linux.ts'

const PAGE_BYTES = 4096
const MIN_PAGES = 10

/** Where the header of include/linux/swap.h has its fields. */
const INFO_AT = 1024
const UUID_AT = INFO_AT + 12
const SIGNATURE_AT = PAGE_BYTES - 10

/** mkswap(8) of util-linux, of a file. */
export const mkswap = program(
  {
    options: ['f,force', 'U,uuid:', 'V,version'],
    unsimulated: [
      'c,check',
      'p,pagesize:',
      'L,label:',
      'v,swapversion:',
      'e,endianness:',
      'lock::',
      'o,offset:',
      'q,quiet',
    ].concat(['s,size:', 'F,file', 'verbose']),
  },
  (process, options) => {
    if (options.has('version')) return printVersion(process, 'mkswap')
    const [path, ...more] = options.operands
    if (path === undefined) throw usageError(process, 'Nowhere to set up swap on?')
    if (more.length > 0) throw new Unsimulated('mkswap', 'a size')
    return write(process, path, options.value('uuid') ?? randomUuid(process))
  },
)

function write(process: Process, path: string, uuid: string): number {
  const errno = errnoOf(() => process.readFile(path))
  if (errno !== undefined) return complain(process, `cannot open ${path}: ${strerror(errno)}`)
  const { type, mode, uid } = process.stat(path)
  if (type !== 'file') throw new Unsimulated('mkswap', path)
  if ((mode & 0o077) !== 0)
    complain(process, `${path}: insecure permissions 0${mode.toString(8)}, fix with: chmod 0600 ${path}`)
  if (uid !== 0) complain(process, `${path}: insecure file owner ${uid}, fix with: chown 0:0 ${path}`)
  const bytes = process.readFile(path)
  const pages = Math.floor(bytes.length / PAGE_BYTES)
  if (pages < MIN_PAGES)
    return complain(process, `error: swap area needs to be at least ${MIN_PAGES * 4} KiB`)
  process.writeFile(path, withHeader(bytes, pages, uuid))
  const sizeBytes = (pages - 1) * PAGE_BYTES
  const human = humanSize(sizeBytes).replace(/([\d.]+)([A-Z])$/, '$1 $2iB')
  process.print(
    `Setting up swapspace version 1, size = ${human} (${sizeBytes} bytes)\nno label, UUID=${uuid}\n`,
  )
  return 0
}

function withHeader(bytes: Uint8Array, pages: number, uuid: string): Uint8Array {
  const marked = new Uint8Array(bytes)
  marked.fill(0, 0, PAGE_BYTES)
  const view = new DataView(marked.buffer)
  view.setUint32(INFO_AT, 1, true)
  view.setUint32(INFO_AT + 4, pages - 1, true)
  for (const [at, pair] of (uuid.replaceAll('-', '').match(/../g) ?? []).entries())
    marked[UUID_AT + at] = Number.parseInt(pair, 16)
  for (const [at, letter] of [...'SWAPSPACE2'].entries()) marked[SIGNATURE_AT + at] = letter.charCodeAt(0)
  return marked
}

/** uuid_generate_random(): version 4. */
function randomUuid(process: Process): string {
  const digit = (values: number): number => Math.floor(process.system.random() * values)
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, kind =>
    (kind === 'x' ? digit(16) : 8 + digit(4)).toString(16),
  )
}

function complain(process: Process, text: string): number {
  process.complain(`${process.argv[0]}: ${text}\n`)
  return 1
}
