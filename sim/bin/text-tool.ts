import { Bash, type CommandName, type FsStat, type IFileSystem } from 'just-bash'
import { type ErrnoName, KernelError, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { decodeText, encodeText } from '../../src/host/surrogate-escape.ts'
import type { SimStat } from '../fs/vfs.ts'
import type { Process, Program } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { type OptionSpec, type ParsedOptions, program } from './getopt.ts'

/** A program that turns text into text, and how much of it is ours: the command line and the files. */
export interface TextTool {
  readonly spec: OptionSpec
  /** How many operands come before the files: a pattern, a script. */
  countBefore(options: ParsedOptions): number
  /** Whether it reads standard input when there are no files; `tr` always does. Default true. */
  readonly readsInput?: boolean
  /** What it says of a file that cannot be read. */
  refusal(path: string, reason: string): string
  /** Its status then. */
  readonly failure: number
  /** Other words that mean the same, where just-bash does not read those of the real one. */
  readonly rewrite?: (process: Process, options: ParsedOptions) => readonly string[]
}

/**
 * A text tool of just-bash as a program of ours. Options are checked here first, so that none is accepted and
 * ignored; files are opened here first, so that every errno has GNU's words.
 */
export function textTool(name: CommandName, tool: TextTool): Program {
  return program(tool.spec, function* (process, options): Blocking<number> {
    const before = tool.countBefore(options)
    const files = options.operands.slice(before)
    const refused = new Set(files.filter(file => file !== '-' && refuse(process, tool, file)))
    if (refused.size > 0 && refused.size === files.length) return tool.failure
    const isReading = tool.readsInput !== false && (files.length === 0 || files.includes('-'))
    const stdin = isReading ? yield* process.readToEnd(0) : new Uint8Array()
    const words = tool.rewrite?.(process, options) ?? process.argv.slice(1)
    const args = words.filter(word => !refused.has(word))
    const result = yield* runTool(process, name, { args, stdin })
    yield* process.write(1, result.stdout)
    process.complain(result.stderr)
    return refused.size > 0 ? tool.failure : result.exitCode
  })
}

function refuse(process: Process, tool: TextTool, path: string): boolean {
  const errno = refusalOf(process, path)
  if (errno === undefined) return false
  process.complain(`${process.argv[0]}: ${tool.refusal(path, strerror(errno))}\n`)
  return true
}

function refusalOf(process: Process, path: string): ErrnoName | undefined {
  try {
    if (process.stat(path).type === 'directory') return 'EISDIR'
    process.close(process.open(path, { read: true }))
    return undefined
  } catch (error) {
    if (error instanceof KernelError) return error.errno
    throw error
  }
}

export interface ToolResult {
  readonly stdout: Uint8Array
  readonly stderr: string
  readonly exitCode: number
}

/** One run of a tool of just-bash on a machine's files. */
export function* runTool(
  process: Process,
  name: CommandName,
  input: { readonly args: readonly string[]; readonly stdin: Uint8Array },
): Blocking<ToolResult> {
  const files = new ProcessFiles(process)
  const shell = new Bash({ fs: files, commands: [name], cwd: process.cwd, defenseInDepth: false })
  const result = yield* process.settle(
    shell.exec(name, {
      args: [...input.args],
      cwd: process.cwd,
      env: Object.fromEntries(process.env),
      replaceEnv: true,
      stdin: decodeText(input.stdin),
    }),
  )
  if (files.thrown !== undefined) throw files.thrown
  const isBytes = result.stdoutKind === 'bytes' || result.stdoutEncoding === 'binary'
  const stdout = isBytes
    ? Uint8Array.from(result.stdout, char => char.charCodeAt(0))
    : encodeText(result.stdout)
  return { stdout, stderr: result.stderr.replace(/^bash: (line \d+: )?/gm, ''), exitCode: result.exitCode }
}

/** The files of a machine, as just-bash wants them, seen with a process's eyes. */
class ProcessFiles implements IFileSystem {
  readonly #process: Process
  /** What must not be taken for an answer of the tool. */
  thrown: unknown

  constructor(process: Process) {
    this.#process = process
  }

  async #call<T>(call: () => T): Promise<T> {
    try {
      return call()
    } catch (error) {
      if (!(error instanceof KernelError)) this.thrown ??= error
      throw error
    }
  }

  readFile(path: string): Promise<string> {
    return this.#call(() => this.#process.readText(path))
  }

  readFileBuffer(path: string): Promise<Uint8Array> {
    return this.#call(() => this.#process.readFile(path))
  }

  writeFile(path: string, content: string | Uint8Array): Promise<void> {
    return this.#call(() => this.#process.writeFile(path, content))
  }

  appendFile(path: string, content: string | Uint8Array): Promise<void> {
    return this.#call(() => this.#process.writeFile(path, content, { append: true }))
  }

  async exists(path: string): Promise<boolean> {
    return this.#process.exists(path)
  }

  stat(path: string): Promise<FsStat> {
    return this.#call(() => statOf(this.#process.stat(path)))
  }

  lstat(path: string): Promise<FsStat> {
    return this.#call(() => statOf(this.#process.lstat(path)))
  }

  readdir(path: string): Promise<string[]> {
    return this.#call(() => [...this.#process.readdir(path)])
  }

  readlink(path: string): Promise<string> {
    return this.#call(() => this.#process.readlink(path))
  }

  realpath(path: string): Promise<string> {
    return this.#call(() => this.#process.system.fs.realpath(this.#process, path))
  }

  resolvePath(base: string, path: string): string {
    return path.startsWith('/') ? path : `${base === '/' ? '' : base}/${path}`
  }

  getAllPaths(): string[] {
    return []
  }

  mkdir(): Promise<void> {
    return this.#refuse('mkdir')
  }

  rm(): Promise<void> {
    return this.#refuse('rm')
  }

  cp(): Promise<void> {
    return this.#refuse('cp')
  }

  mv(): Promise<void> {
    return this.#refuse('mv')
  }

  chmod(path: string, mode: number): Promise<void> {
    return this.#call(() => this.#process.chmod(path, mode))
  }

  symlink(): Promise<void> {
    return this.#refuse('symlink')
  }

  link(): Promise<void> {
    return this.#refuse('link')
  }

  utimes(): Promise<void> {
    return this.#refuse('utimes')
  }

  /** No text tool of ours makes, moves or removes files. */
  #refuse(call: string): Promise<never> {
    return this.#call(() => {
      throw new Unsimulated(this.#process.name, call)
    })
  }
}

const statOf = (stat: SimStat): FsStat => ({
  isFile: stat.type === 'file',
  isDirectory: stat.type === 'directory',
  isSymbolicLink: stat.type === 'symlink',
  mode: stat.mode,
  size: stat.sizeBytes,

  get mtime(): never {
    throw new Unsimulated('stat(2)', 'a time for a text tool')
  },
})
