import { type ErrnoName, KernelError, strerror } from '../../src/host/errno.ts'
import { isAtLeast, upstreamVersion } from '../formats/package-version.ts'
import { BLOCK_BYTES } from '../fs/tree.ts'
import type { SimStat } from '../fs/vfs.ts'
import type { Process } from '../process.ts'
import { joinPath } from './coreutils.ts'
import { type ParsedOptions, program } from './getopt.ts'
import { quoteAlways } from './quote.ts'
import { ceilingSize } from './size.ts'

/** du(1) of coreutils: what the files below a place take, each once. */
export const du = program(
  {
    options: [
      'a,all',
      'b,bytes',
      'apparent-size',
      'c,total',
      'h,human-readable',
      'k',
      'm',
      's,summarize',
      'S,separate-dirs',
      'x,one-file-system',
      'd,max-depth:',
    ],
    unsimulated: [
      'B,block-size:',
      'D,dereference-args',
      'exclude:',
      'X,exclude-from:',
      'files0-from:',
      'H',
      'inodes',
      'l,count-links',
      'L,dereference',
      'P,no-dereference',
      'si',
      't,threshold:',
      'time::',
      'time-style:',
      '0,null',
    ],
  },
  (process, options) => new Usage(process, options).run(),
)

class Usage {
  readonly #process: Process
  readonly #options: ParsedOptions
  readonly #seen = new Set<string>()
  #status = 0

  constructor(process: Process, options: ParsedOptions) {
    this.#process = process
    this.#options = options
  }

  run(): number {
    const operands = this.#options.operands.length === 0 ? ['.'] : this.#options.operands
    let total = 0
    for (const path of operands) total += this.#measure(path, 0, undefined) ?? 0
    if (this.#options.has('total')) this.#print(total, 'total')
    return this.#status
  }

  /** The bytes of a path with all below it; undefined where there is nothing to count. */
  #measure(path: string, depth: number, device: string | undefined): number | undefined {
    const stat = this.#lstat(path)
    if (stat === undefined) return undefined
    if (device !== undefined && stat.dev !== device && this.#options.has('one-file-system')) return undefined
    if (stat.type !== 'directory' && stat.nlink > 1 && this.#isSeen(stat)) return undefined
    let bytes = this.#bytesOf(path, stat)
    if (stat.type === 'directory')
      for (const name of this.#names(path)) {
        const below = this.#measure(joinPath(path, name), depth + 1, stat.dev) ?? 0
        const isSubdirectory = this.#lstat(joinPath(path, name))?.type === 'directory'
        if (!this.#options.has('separate-dirs') || !isSubdirectory) bytes += below
      }
    if (this.#isShown(stat, depth)) this.#print(bytes, path)
    return bytes
  }

  #isShown(stat: SimStat, depth: number): boolean {
    const most = this.#options.has('summarize')
      ? 0
      : Number(this.#options.value('max-depth') ?? Number.POSITIVE_INFINITY)
    return depth <= most && (depth === 0 || stat.type === 'directory' || this.#options.has('all'))
  }

  #isSeen(stat: SimStat): boolean {
    const id = `${stat.dev} ${stat.ino}`
    if (this.#seen.has(id)) return true
    this.#seen.add(id)
    return false
  }

  #bytesOf(path: string, stat: SimStat): number {
    const { driver } = this.#process.system.fs.mountOf(this.#process, stat.type === 'symlink' ? '/' : path)
    if (this.#options.has('bytes') || this.#options.has('apparent-size'))
      return this.#hasApparentSize(stat) ? stat.sizeBytes : 0
    if (driver.fstype === 'proc' || driver.fstype === 'sysfs' || driver.fstype.startsWith('cgroup')) return 0
    if (stat.type === 'file') return Math.ceil(stat.sizeBytes / BLOCK_BYTES) * BLOCK_BYTES
    if (stat.type !== 'directory') return 0
    // A directory in memory takes no page (mm/shmem.c).
    if (driver.fstype === 'tmpfs' || driver.fstype === 'ramfs' || driver.fstype === 'devtmpfs') return 0
    return BLOCK_BYTES
  }

  /** Of files and links alone since coreutils 9.2 (NEWS); recorded of 9.1 and 9.7. */
  #hasApparentSize({ type }: SimStat): boolean {
    const version = upstreamVersion(this.#process.system.packageVersion('coreutils') ?? '')
    return type === 'file' || type === 'symlink' || !isAtLeast(version, '9.2')
  }

  #names(path: string): readonly string[] {
    try {
      return this.#process.readdir(path)
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      this.#complain(`cannot read directory ${quoteAlways(path)}`, error.errno)
      return []
    }
  }

  #lstat(path: string): SimStat | undefined {
    try {
      return this.#process.lstat(path)
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      this.#complain(`cannot access ${quoteAlways(path)}`, error.errno)
      return undefined
    }
  }

  #complain(message: string, errno: ErrnoName): void {
    this.#status = 1
    this.#process.complain(`${this.#process.argv[0]}: ${message}: ${strerror(errno)}\n`)
  }

  #print(bytes: number, path: string): void {
    const last = this.#options.last('human-readable', 'k', 'm', 'bytes')
    const size =
      last === 'human-readable'
        ? ceilingSize(bytes)
        : String(Math.ceil(bytes / (last === 'bytes' ? 1 : last === 'm' ? 1_048_576 : 1024)))
    this.#process.print(`${size}\t${path}\n`)
  }
}
