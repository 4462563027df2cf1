import { KernelError, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { patternMatcher } from '../formats/fnmatch.ts'
import type { Process } from '../process.ts'
import { type ParsedOptions, parseOptions, UsageError, withCommandLine } from './getopt.ts'

/** Directories of sysctl --system, the strongest first: PreloadSystem() of src/sysctl.c, procps 4.0.2. */
const DIRECTORIES = [
  '/etc/sysctl.d',
  '/run/sysctl.d',
  '/usr/local/lib/sysctl.d',
  '/usr/lib/sysctl.d',
  '/lib/sysctl.d',
]
const DEFAULT_PRELOAD = '/etc/sysctl.conf'
const PROC_SYS = '/proc/sys/'

const SPEC = {
  options: [
    'a,all',
    'A',
    'X',
    'deprecated',
    'dry-run',
    'b,binary',
    'e,ignore',
    'N,names',
    'n,values',
    'p,load::',
    'f',
    'system',
    'r,pattern:',
    'q,quiet',
    'w,write',
    'o',
    'x',
    'd',
    'h,help',
    'V,version',
  ],
  hint: '',
}

const USAGE = `
Usage:
 sysctl [options] [variable[=value] ...]

Options:
  -a, --all            display all variables
  -A                   alias of -a
  -X                   alias of -a
      --deprecated     include deprecated parameters to listing
      --dry-run        Print the key and values but do not write
  -b, --binary         print value without new line
  -e, --ignore         ignore unknown variables errors
  -N, --names          print variable names without values
  -n, --values         print only values of the given variable(s)
  -p, --load[=<file>]  read values from file
  -f                   alias of -p
      --system         read values from all system directories
  -r, --pattern <expression>
                       select setting that match expression
  -q, --quiet          do not echo variable set
  -w, --write          enable writing a value to variable
  -o                   does nothing
  -x                   does nothing
  -d                   alias of -h

 -h, --help     display this help and exit
 -V, --version  output version information and exit

For more details see sysctl(8).
`

/** One line of a file, or of the command line. */
interface Setting {
  readonly path: string
  readonly value: string
  readonly isIgnoringFailure: boolean
  /** `-key` without value: the key is left out of what a glob sets. */
  readonly isExcluding: boolean
}

/** sysctl(8) of procps 4.0.2. */
export function sysctl(process: Process): number {
  try {
    if (process.argv.length < 2) throw new UsageError(USAGE, 1)
    return new Sysctl(process, parseOptions(process, SPEC)).run()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    // getopt's complaint goes to standard error, the usage text to where Usage() was told to.
    process.complain(error.text)
    if (error.text !== USAGE) process.print(USAGE)
    return error.text === USAGE ? 1 : 0
  }
}

class Sysctl {
  readonly #process: Process
  readonly #options: ParsedOptions
  readonly #isIgnoring: boolean
  readonly #pattern: RegExp | undefined

  constructor(process: Process, options: ParsedOptions) {
    this.#process = process
    this.#options = options
    this.#isIgnoring = options.has('ignore') || options.has('system')
    const pattern = options.value('pattern')
    this.#pattern = pattern === undefined ? undefined : new RegExp(pattern)
  }

  run(): number {
    const { operands } = this.#options
    if (this.#options.has('help') || this.#options.has('d')) {
      this.#process.print(USAGE)
      return 0
    }
    if (this.#options.has('version')) {
      this.#process.print('sysctl from procps-ng 4.0.2\n')
      return 0
    }
    if (this.#options.has('system')) return this.#system()
    if (['all', 'A', 'X'].some(name => this.#options.has(name))) return this.#displayAll('')
    if (this.#options.has('load') || this.#options.has('f')) return this.#load(operands)
    if (operands.length === 0) return this.#refuse('no variables specified')
    if (this.#options.has('names') && this.#options.has('quiet'))
      return this.#refuse('options -N and -q cannot coexist')
    const codes = operands.map(operand =>
      this.#options.has('write') || operand.includes('=') ? this.#writeOne(operand) : this.#read(operand),
    )
    return codes.reduce((sum, code) => sum + code, 0) & 0xff
  }

  #refuse(message: string): number {
    this.#complain(`${message}\nTry \`sysctl --help' for more information.`)
    return 1
  }

  #writeOne(operand: string): number {
    const setting = this.#parseLine(operand, 'command line', 0)
    return setting === undefined ? 1 : this.#write(setting.path, setting)
  }

  /** Every base name once, from the strongest directory that has it, in order of names; then /etc/sysctl.conf. */
  #system(): number {
    const files = new Map<string, string>()
    for (const directory of DIRECTORIES) {
      if (!this.#process.exists(directory)) continue
      for (const name of this.#process.readdir(directory))
        if (name.endsWith('.conf') && !files.has(name)) files.set(name, `${directory}/${name}`)
    }
    const paths = [...files.keys()].sort().map(name => files.get(name) ?? '')
    const hasPreload =
      this.#process.exists(DEFAULT_PRELOAD) && this.#process.stat(DEFAULT_PRELOAD).type === 'file'
    const { settings, isFailed } = this.#preload([...paths, ...(hasPreload ? [DEFAULT_PRELOAD] : [])], true)
    return this.#writeAll(settings) | (isFailed ? 1 : 0)
  }

  #load(operands: readonly string[]): number {
    const file = this.#options.value('load')
    const first = file === undefined ? (operands.length === 0 ? [DEFAULT_PRELOAD] : []) : [file]
    const { settings, isFailed } = this.#preload([...first, ...operands], false)
    return this.#writeAll(settings) | (isFailed ? 1 : 0)
  }

  #preload(
    paths: readonly string[],
    isAnnouncing: boolean,
  ): { settings: readonly Setting[]; isFailed: boolean } {
    const settings: Setting[] = []
    let isFailed = false
    for (const path of paths) {
      if (isAnnouncing && !this.#options.has('quiet')) this.#process.print(`* Applying ${path} ...\n`)
      const text = this.#textOf(path)
      if (text === undefined) isFailed = true
      else settings.push(...this.#parseFile(text, path))
    }
    return { settings, isFailed }
  }

  #textOf(path: string): string | undefined {
    if (path === '-') throw new Unsimulated('sysctl', '-p -')
    if (/[*?[~]/.test(path)) throw new Unsimulated('sysctl', 'a glob for -p')
    try {
      return this.#process.readText(path)
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      this.#complain(`cannot open "${path}": ${strerror(error.errno)}`)
      return undefined
    }
  }

  #parseFile(text: string, path: string): readonly Setting[] {
    return text.split('\n').flatMap((line, index) => this.#parseLine(line, path, index + 1) ?? [])
  }

  /** parse_setting_line(). */
  #parseLine(line: string, source: string, number: number): Setting | undefined {
    const key = line.trimStart()
    if (key.length < 2 || key.startsWith('#') || key.startsWith(';')) return undefined
    if (this.#pattern !== undefined && !this.#pattern.test(key)) return undefined
    const at = key.indexOf('=')
    const isDashed = key.startsWith('-')
    if (at < 0 && !isDashed) {
      this.#complain(`${source}(${number}): invalid syntax, continuing...`)
      return undefined
    }
    const name = (at < 0 ? key : key.slice(0, at)).slice(isDashed ? 1 : 0).trimEnd()
    const path = PROC_SYS + this.#swapSeparators(name, '.', '/')
    return {
      path,
      value: at < 0 ? '' : key.slice(at + 1).trim(),
      isIgnoringFailure: isDashed,
      isExcluding: at < 0,
    }
  }

  /** slashdot(): the first separator tells which of the two notations it is. */
  #swapSeparators(name: string, from: '.' | '/', to: '.' | '/'): string {
    const first = /[/.]/.exec(name)?.[0]
    const repeated = /[/.](?=[/.])/.exec(name)
    if (first === undefined || first === to) return name
    if (repeated !== null) this.#complain(`separators should not be repeated: ${name.slice(repeated.index)}`)
    return name.replace(/[/.]/g, separator => (separator === from ? to : from))
  }

  #writeAll(settings: readonly Setting[]): number {
    const named = new Set(settings.map(setting => setting.path))
    let status = 0
    for (const setting of settings) {
      if (setting.isExcluding) continue
      const paths = /[*?[]/.test(setting.path)
        ? this.#glob(setting.path).filter(path => !named.has(path))
        : [setting.path]
      for (const path of paths) status |= this.#write(path, setting)
    }
    return status
  }

  /** glob(3) below /proc/sys, one name at a time. */
  #glob(pattern: string): readonly string[] {
    let paths = ['/proc/sys']
    for (const name of pattern.slice(PROC_SYS.length).split('/')) {
      const matcher = patternMatcher(name)
      paths = paths
        .filter(path => this.#process.stat(path).type === 'directory')
        .flatMap(path =>
          this.#process
            .readdir(path)
            .filter(child => matcher.test(child))
            .map(child => `${path}/${child}`),
        )
    }
    return paths
  }

  /** WriteSetting(). */
  #write(path: string, setting: Setting): number {
    const stat = this.#statOrComplain(path)
    if (stat === undefined) return this.#isIgnoring ? 0 : 1
    const key = this.#swapSeparators(path.slice(PROC_SYS.length), '/', '.')
    // realpath(3) before it leaves EINVAL behind (readlink(2) of what is no link): recorded.
    if ((stat.mode & 0o200) === 0 || stat.type === 'directory') {
      this.#complain(`setting key "${key}": ${strerror('EINVAL')}`)
      return 0
    }
    if (!this.#options.has('dry-run')) {
      const status = this.#put(path, key, setting)
      if (status !== undefined) return status
    }
    if (!this.#options.has('quiet') || this.#options.has('dry-run')) this.#echo(key, setting.value)
    return 0
  }

  /** The write(2), at the close of the stream; undefined when it went well. */
  #put(path: string, key: string, setting: Setting): number | undefined {
    const ignoring = setting.isIgnoringFailure ? ', ignoring' : ''
    if (!this.#process.canAccess(path, 'write')) {
      this.#complain(`permission denied on key "${key}"${ignoring}`)
      return setting.isIgnoringFailure ? 0 : 1
    }
    try {
      this.#process.writeFile(path, `${setting.value}\n`)
      return undefined
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      if (error.errno === 'EROFS') this.#complain(`permission denied on key "${key}"${ignoring}`)
      else this.#complain(`setting key "${key}": ${strerror(error.errno)}`)
      return 1
    }
  }

  #echo(key: string, value: string): void {
    if (this.#options.has('names')) this.#process.print(`${value}\n`)
    else
      this.#process.print(
        this.#isPrintingName ? `${key} = ${value}\n` : this.#options.has('binary') ? value : `${value}\n`,
      )
  }

  get #isPrintingName(): boolean {
    return !this.#options.has('values') && !this.#options.has('binary')
  }

  /** ReadSetting(). */
  #read(name: string): number {
    if (name === '') {
      this.#complain('"" is an unknown key')
      return -1
    }
    const key = this.#swapSeparators(name, '/', '.')
    const path = PROC_SYS + this.#swapSeparators(name, '.', '/')
    const stat = this.#statOrComplain(path)
    if (stat === undefined) return this.#isIgnoring ? 0 : 1
    if ((stat.mode & 0o400) === 0) return 0
    if (stat.type === 'directory') return this.#displayAll(path.slice(PROC_SYS.length))
    if (this.#pattern !== undefined && !this.#pattern.test(key)) return 0
    if (!this.#options.has('names')) return this.#show(path, key)
    this.#process.print(`${key}\n`)
    return 0
  }

  #show(path: string, key: string): number {
    try {
      const lines = this.#process.readText(path).split('\n').slice(0, -1)
      const prefix = this.#isPrintingName ? `${key} = ` : ''
      const end = this.#options.has('binary') ? '' : '\n'
      this.#process.print(lines.map((line, index) => `${index === 0 ? prefix : ''}${line}${end}`).join(''))
      return 0
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      if (error.errno === 'EACCES') this.#complain(`permission denied on key '${key}'`)
      else if (error.errno !== 'EIO') this.#complain(`reading key "${key}"`)
      return 1
    }
  }

  /** DisplayAll(): depth first, in the order of the directory. */
  #displayAll(directory: string): number {
    let status = 0
    for (const name of this.#process.readdir(PROC_SYS + directory)) {
      const path = directory === '' ? name : `${directory.replace(/\/$/, '')}/${name}`
      if (!this.#options.has('deprecated') && (name === 'base_reachable_time' || name === 'retrans_time'))
        continue
      if (this.#process.stat(PROC_SYS + path).type === 'directory') this.#displayAll(path)
      else status |= this.#read(path)
    }
    return status
  }

  #statOrComplain(path: string): ReturnType<Process['stat']> | undefined {
    try {
      return this.#process.stat(path)
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      if (!this.#isIgnoring) this.#complain(`cannot stat ${path}: ${strerror(error.errno)}`)
      return undefined
    }
  }

  #complain(message: string): void {
    this.#process.complain(`sysctl: ${message}\n`)
  }
}

withCommandLine(sysctl, process => parseOptions(process, SPEC))
