import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { strftime } from '../formats/strftime.ts'
import type { SimStat } from '../fs/vfs.ts'
import type { Process } from '../process.ts'
import { expandEscapes } from '../shell/escapes.ts'
import { groupName, userName } from './accounts.ts'
import { permissions } from './chmod.ts'
import { complain } from './coreutils.ts'
import { program, usageError } from './getopt.ts'
import { quoteAlways } from './quote.ts'
import { fillFileSystem } from './statfs.ts'

/** stat(1) of coreutils 9.1, with a format; the default layout tells blocks and devices, which are not kept. */
export const stat = program(
  {
    options: ['L,dereference', 'c,format:', 'printf:', 'f,file-system'],
    unsimulated: ['t,terse', 'cached:'],
  },
  (process, options) => {
    if (options.operands.length === 0) throw usageError(process, 'missing operand')
    const kind = options.last('format', 'printf')
    if (kind === undefined) throw new Unsimulated('stat', 'the default format')
    const format = options.value(kind) ?? ''
    let status = 0
    for (const path of options.operands) {
      try {
        if (options.has('file-system')) {
          const filled = fillFileSystem(
            process,
            kind === 'printf' ? expandEscapes(format).text : format,
            path,
          )
          process.print(kind === 'printf' ? filled : `${filled}\n`)
          continue
        }
        const found = options.has('dereference') ? process.stat(path) : process.lstat(path)
        const text = fill(process, kind === 'printf' ? expandEscapes(format).text : format, { path, found })
        process.print(kind === 'printf' ? text : `${text}\n`)
      } catch (error) {
        if (!(error instanceof KernelError)) throw error
        const call = options.has('file-system') ? 'read file system information for' : 'statx'
        status = complain(process, `cannot ${call} ${quoteAlways(path)}`, error.errno)
      }
    }
    return status
  },
)

interface Subject {
  readonly path: string
  readonly found: SimStat
}

const TYPES: Readonly<Record<SimStat['type'], string>> = {
  file: 'regular file',
  directory: 'directory',
  symlink: 'symbolic link',
  'char-device': 'character special file',
  'block-device': 'block special file',
  fifo: 'fifo',
  socket: 'socket',
}

/** S_IFMT of inode(7). */
export const TYPE_BITS: Readonly<Record<SimStat['type'], number>> = {
  fifo: 0o010000,
  'char-device': 0o020000,
  directory: 0o040000,
  'block-device': 0o060000,
  file: 0o100000,
  symlink: 0o120000,
  socket: 0o140000,
}

/** The first letter of a line of `ls -l`. */
export const TYPE_LETTER: Readonly<Record<SimStat['type'], string>> = {
  fifo: 'p',
  'char-device': 'c',
  directory: 'd',
  'block-device': 'b',
  file: '-',
  symlink: 'l',
  socket: 's',
}

const fill = (process: Process, format: string, subject: Subject): string =>
  format.replace(
    /%([-#0 +]*)(\d*)(?:\.(\d+))?([A-Za-z%])/g,
    (whole, _flags, _width, _precision, letter: string) => {
      const text = directive(process, letter, subject)
      if (text === undefined || whole.length > 2) throw new Unsimulated('stat', `the directive ${whole}`)
      return text
    },
  )

function directive(process: Process, letter: string, { path, found }: Subject): string | undefined {
  switch (letter) {
    case '%':
      return '%'
    case 'a':
      return found.mode.toString(8)
    case 'A':
      return TYPE_LETTER[found.type] + permissions(found.mode)
    case 'f':
      return (TYPE_BITS[found.type] | found.mode).toString(16)
    case 'F':
      return found.type === 'file' && found.sizeBytes === 0 ? 'regular empty file' : TYPES[found.type]
    case 'g':
      return String(found.gid)
    case 'G':
      return groupName(process, found.gid).replace(/^\d+$/, 'UNKNOWN')
    case 'h':
      return String(found.nlink)
    case 'i':
      return String(found.ino)
    case 'n':
      return path
    case 'N':
      return quoteAlways(path) + (found.target === undefined ? '' : ` -> ${quoteAlways(found.target)}`)
    case 's':
      return String(found.sizeBytes)
    case 't':
      return (found.major ?? 0).toString(16)
    case 'T':
      return (found.minor ?? 0).toString(16)
    case 'u':
      return String(found.uid)
    case 'U':
      return userName(process, found.uid).replace(/^\d+$/, 'UNKNOWN')
    case 'y':
      return strftime('%Y-%m-%d %H:%M:%S.%N %z', found.mtimeSeconds)
    case 'Y':
      return String(Math.floor(found.mtimeSeconds))
    case 'z':
      return strftime('%Y-%m-%d %H:%M:%S.%N %z', found.ctimeSeconds)
    case 'Z':
      return String(Math.floor(found.ctimeSeconds))
    default:
      return undefined
  }
}
