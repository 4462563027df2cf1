import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { strftime } from '../formats/strftime.ts'
import type { SimStat } from '../fs/vfs.ts'
import type { Process } from '../process.ts'
import { groupName, userName } from './accounts.ts'
import { permissions } from './chmod.ts'
import { complain, joinPath } from './coreutils.ts'
import { type ParsedOptions, program } from './getopt.ts'
import { quoteAlways } from './quote.ts'
import { TYPE_LETTER } from './stat.ts'

interface Listed {
  readonly name: string
  readonly path: string
  readonly stat: SimStat
}

const HALF_A_YEAR_SECONDS = 31_556_952 / 2

/** ls(1) of coreutils 9.1 to a pipe: one name a line. Sizes are bytes or, with -h, powers of 1024. */
export const ls = program(
  {
    options: [
      '1',
      'a,all',
      'A,almost-all',
      'd,directory',
      'F,classify::',
      'l',
      'L,dereference',
      'n,numeric-uid-gid',
      'p',
      'r,reverse',
      'R,recursive',
      'S',
      't',
      'U',
      'color::',
      'h,human-readable',
      'sort:',
    ],
    unsimulated: [
      'b,escape',
      'B,ignore-backups',
      'c',
      'C',
      'D,dired',
      'f',
      'g',
      'G,no-group',
      'H',
      'i,inode',
      'I,ignore:',
      'k,kibibytes',
      'm',
      'N,literal',
      'o',
      'q,hide-control-chars',
      'Q,quote-name',
      's,size',
      'T,tabsize:',
      'u',
      'v',
      'w,width:',
      'x',
      'X',
      'Z,context',
      'author',
      'block-size:',
      'file-type',
      'format:',
      'full-time',
      'group-directories-first',
      'hide:',
      'hyperlink::',
      'indicator-style:',
      'quoting-style:',
      'show-control-chars',
      'si',
      'time:',
      'time-style:',
      'zero',
      'dereference-command-line',
    ],
    usageStatus: 2,
  },
  (process, options) => {
    if (options.has('sort') || options.value('color') === 'always')
      throw new Unsimulated('ls', '--sort or --color')
    const operands = options.operands.length > 0 ? options.operands : ['.']
    return new Listing(process, options).run(operands)
  },
)

class Listing {
  readonly #process: Process
  readonly #options: ParsedOptions
  #status = 0
  #hasPrinted = false

  constructor(process: Process, options: ParsedOptions) {
    this.#process = process
    this.#options = options
  }

  run(operands: readonly string[]): number {
    const found = operands.flatMap(path => this.#stat(path, path, true) ?? [])
    const isDirectory = ({ stat }: Listed): boolean =>
      stat.type === 'directory' && !this.#options.has('directory')
    const files = found.filter(entry => !isDirectory(entry))
    const directories = this.#sort(found.filter(isDirectory))
    if (files.length > 0) this.#print(this.#sort(files))
    const isTitled = operands.length > 1 || this.#options.has('recursive')
    for (const directory of directories) this.#directory(directory.path, isTitled)
    return this.#status
  }

  #stat(path: string, name: string, isOperand: boolean): Listed | undefined {
    const isLong = this.#options.has('l') || this.#options.has('numeric-uid-gid')
    const isFollowing =
      this.#options.has('dereference') ||
      (isOperand && !isLong && !this.#options.has('directory') && !this.#options.has('classify'))
    try {
      return { name, path, stat: isFollowing ? this.#follow(path) : this.#process.lstat(path) }
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      this.#status = isOperand ? 2 : Math.max(this.#status, 1)
      complain(this.#process, `cannot access ${quoteAlways(path)}`, error.errno)
      return undefined
    }
  }

  /** A dangling link on the command line is listed itself. */
  #follow(path: string): SimStat {
    try {
      return this.#process.stat(path)
    } catch (error) {
      if (error instanceof KernelError && error.errno === 'ENOENT') return this.#process.lstat(path)
      throw error
    }
  }

  #directory(path: string, isTitled: boolean): void {
    let names: readonly string[]
    try {
      names = this.#process.readdir(path)
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      complain(this.#process, `cannot open directory ${quoteAlways(path)}`, error.errno)
      this.#status = 2
      return
    }
    const shown = this.#options.has('all')
      ? ['.', '..', ...names]
      : names.filter(name => this.#options.has('almost-all') || !name.startsWith('.'))
    const entries = this.#sort(shown.flatMap(name => this.#stat(joinPath(path, name), name, false) ?? []))
    if (isTitled) this.#process.print(`${this.#hasPrinted ? '\n' : ''}${path}:\n`)
    if (this.#isLong) this.#process.print(`total ${this.#blocks(entries)}\n`)
    this.#print(entries)
    this.#hasPrinted = true
    if (!this.#options.has('recursive')) return
    for (const entry of entries)
      if (entry.stat.type === 'directory' && entry.name !== '.' && entry.name !== '..')
        this.#directory(entry.path, true)
  }

  get #isLong(): boolean {
    return this.#options.has('l') || this.#options.has('numeric-uid-gid')
  }

  /** Blocks of 1 KiB, as ext4 takes them: four at a time. */
  #blocks(entries: readonly Listed[]): number {
    const sizes = entries.map(({ stat }) =>
      stat.type === 'file' || stat.type === 'directory' ? Math.ceil(stat.sizeBytes / 4096) * 4 : 0,
    )
    return sizes.reduce((sum, size) => sum + size, 0)
  }

  #sort(entries: readonly Listed[]): readonly Listed[] {
    if (this.#options.has('U')) return entries
    const byName = (a: Listed, b: Listed): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
    const key = this.#options.last('S', 't')
    const sorted = [...entries].sort((a, b) => {
      const first =
        key === 'S'
          ? b.stat.sizeBytes - a.stat.sizeBytes
          : key === 't'
            ? b.stat.mtimeSeconds - a.stat.mtimeSeconds
            : 0
      return first || byName(a, b)
    })
    return this.#options.has('reverse') ? sorted.reverse() : sorted
  }

  #print(entries: readonly Listed[]): void {
    this.#hasPrinted = true
    const lines = this.#isLong
      ? this.#longLines(entries)
      : entries.map(entry => entry.name + this.#mark(entry))
    if (lines.length > 0) this.#process.print(`${lines.join('\n')}\n`)
  }

  #mark({ stat }: Listed): string {
    if (!this.#options.has('classify')) return this.#options.has('p') && stat.type === 'directory' ? '/' : ''
    if (stat.type === 'file') return stat.mode & 0o111 ? '*' : ''
    return {
      directory: '/',
      symlink: this.#isLong ? '' : '@',
      fifo: '|',
      socket: '=',
      'char-device': '',
      'block-device': '',
    }[stat.type]
  }

  #longLines(entries: readonly Listed[]): readonly string[] {
    const isNumeric = this.#options.has('numeric-uid-gid')
    const rows = entries.map(entry => {
      const { stat } = entry
      const isDevice = stat.type === 'char-device' || stat.type === 'block-device'
      return {
        entry,
        links: String(stat.nlink),
        user: isNumeric ? String(stat.uid) : userName(this.#process, stat.uid),
        group: isNumeric ? String(stat.gid) : groupName(this.#process, stat.gid),
        size: isDevice ? `${stat.major}, ${stat.minor}` : this.#size(stat.sizeBytes),
      }
    })
    const width = (key: 'links' | 'user' | 'group' | 'size'): number =>
      Math.max(...rows.map(row => row[key].length))
    const pad = (text: string, size: number, isRight: boolean): string =>
      isRight ? text.padStart(size) : text.padEnd(size)
    return rows.map(({ entry, links, user, group, size }) => {
      const { stat, name } = entry
      const arrow = stat.target === undefined ? '' : ` -> ${stat.target}`
      const columns = [
        TYPE_LETTER[stat.type] + permissions(stat.mode),
        links.padStart(width('links')),
        pad(user, width('user'), isNumeric),
        pad(group, width('group'), isNumeric),
        size.padStart(width('size')),
        this.#time(stat.mtimeSeconds),
        name + this.#mark(entry) + arrow,
      ]
      return columns.join(' ')
    })
  }

  #size(sizeBytes: number): string {
    if (!this.#options.has('human-readable') || sizeBytes < 1024) return String(sizeBytes)
    const power = Math.min(5, Math.floor(Math.log2(sizeBytes) / 10))
    const value = sizeBytes / 1024 ** power
    const rounded = value < 10 ? Math.ceil(value * 10) / 10 : Math.ceil(value)
    return `${value < 10 && rounded < 10 ? rounded.toFixed(1) : Math.ceil(rounded)}${'BKMGTP'.charAt(power)}`
  }

  #time(seconds: number): string {
    const now = this.#process.clock.realtimeSeconds
    const isRecent = seconds <= now && seconds > now - HALF_A_YEAR_SECONDS
    return strftime(isRecent ? '%b %e %H:%M' : '%b %e  %Y', seconds)
  }
}
