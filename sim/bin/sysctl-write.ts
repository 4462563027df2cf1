import { type ErrnoName, KernelError, strerror } from '../../src/host/errno.ts'
import type { SysctlLine } from '../formats/sysctl-d.ts'
import { PROC_SYS, type SysctlContext } from './sysctl-context.ts'
import { globPaths } from './sysctl-files.ts'
import { isDeprecated, statKey } from './sysctl-read.ts'

/** WriteSetting(), with the release's idea of what counts as a failure. */
export class SettingWriter {
  readonly #context: SysctlContext
  readonly #failure: number
  /** What errno(3) holds: procps 3 tells it of keys that nobody may write. */
  #lastErrno: ErrnoName | undefined

  constructor(context: SysctlContext) {
    this.#context = context
    this.#failure = context.release.isGathering ? 1 : -1
  }

  /** One setting by its name; a glob means nothing here. */
  write(line: SysctlLine): number {
    return this.#writePath(this.#context.pathOf(line.name), line)
  }

  /** write_setting_list() of procps 4: what a glob matches and what is named by itself elsewhere is left to that. */
  writeAll(lines: readonly SysctlLine[]): number {
    const paths = lines.map(line => this.#context.pathOf(line.name))
    const named = new Set(paths)
    let status = 0
    for (const [at, line] of lines.entries()) {
      if (line.isExcluding) continue
      const path = paths[at] ?? ''
      const matching = /[*?[]/.test(path)
        ? globPaths(this.#context.process, path).filter(found => !named.has(found))
        : [path]
      for (const one of matching) status |= this.#writePath(one, line)
    }
    return status
  }

  #writePath(path: string, line: SysctlLine): number {
    const context = this.#context
    const { release } = context
    const key = context.keyOf(path.slice(PROC_SYS.length))
    if (!release.isGathering && key.includes('.') && isDeprecated(key.slice(key.lastIndexOf('.') + 1))) {
      context.complain(`${key} is deprecated, value not set`)
      return 0
    }
    const stat = statKey(context, path)
    if (stat === undefined) {
      this.#lastErrno = 'ENOENT'
      return context.isIgnoringUnknown ? 0 : this.#failure
    }
    if ((stat.mode & 0o200) === 0 || stat.type === 'directory') {
      const errno = release.errnoOfReadOnly ?? this.#lastErrno
      context.complain(`setting key "${key}"${errno === undefined ? '' : `: ${strerror(errno)}`}`)
      return release.isReadOnlyFailing ? this.#failure : 0
    }
    return this.#put(path, key, line)
  }

  /** Opens, writes and closes: the kernel refuses a value when the stream is closed. */
  #put(path: string, key: string, line: SysctlLine): number {
    const context = this.#context
    let status = 0
    try {
      if (!context.isDryRun && !context.process.canAccess(path, 'write')) status = this.#denied(key, line)
      else if (!context.isDryRun) context.process.writeFile(path, `${line.value}\n`)
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      if (error.errno === 'EROFS') status = this.#denied(key, line)
      else return this.#refused(key, line, error.errno)
    }
    const isSilent = context.isQuiet || status !== 0 || (!context.release.isGathering && this.#isDenied)
    if (!isSilent || context.isDryRun) this.#echo(key, line.value)
    this.#isDenied = false
    return status
  }

  #isDenied = false

  #denied(key: string, { isIgnoringFailure }: SysctlLine): number {
    this.#isDenied = true
    this.#lastErrno = 'EACCES'
    this.#context.complain(`permission denied on key "${key}"${isIgnoringFailure ? ', ignoring' : ''}`)
    return isIgnoringFailure ? 0 : this.#failure
  }

  #refused(key: string, { isIgnoringFailure }: SysctlLine, errno: ErrnoName): number {
    const { release } = this.#context
    const isIgnored = isIgnoringFailure && release.isIgnoringRefusal
    this.#lastErrno = errno
    this.#context.complain(`setting key "${key}"${isIgnored ? ', ignoring' : ''}: ${strerror(errno)}`)
    return isIgnored || !release.isGathering ? 0 : this.#failure
  }

  #echo(key: string, value: string): void {
    const { process, release, isNameOnly, isPrintingName, lineEnd } = this.#context
    if (isNameOnly) process.print(`${release.echoedName === 'key' ? key : value}\n`)
    else process.print(isPrintingName ? `${key} = ${value}\n` : `${value}${lineEnd}`)
  }
}
