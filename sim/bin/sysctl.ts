import { Unsimulated } from '../../src/host/host.ts'
import { parseSysctlLine, parseSysctlLine3, type SysctlLine, settingOf3 } from '../formats/sysctl-d.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { type OptionSpec, type ParsedOptions, parseOptions, UsageError, withCommandLine } from './getopt.ts'
import { type ProcpsRelease, procpsRelease } from './procps.ts'
import { SysctlContext } from './sysctl-context.ts'
import { DEFAULT_PRELOAD, settingsFiles, systemFiles } from './sysctl-files.ts'
import { displayAll, readSetting } from './sysctl-read.ts'
import { SettingWriter } from './sysctl-write.ts'

/** sysctl(8) of procps. */
export const sysctl = withCommandLine(
  function* (process: Process): Blocking<number> {
    const usage = usageText(procpsRelease(process))
    try {
      if (process.argv.length < 2) throw new UsageError(usage, 1)
      return yield* new Sysctl(process, parse(process)).run(usage)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      // getopt's complaint goes to standard error, the usage text to where Usage() was told to.
      process.complain(error.text)
      if (error.text !== usage) process.print(usage)
      return error.text === usage ? 1 : 0
    }
  },
  process => parse(process),
)

function specOf(release: ProcpsRelease): OptionSpec {
  const dryRun = release.isGathering ? ['dry-run'] : []
  const options = `a,all A X deprecated b,binary e,ignore N,names n,values p,load:: f system r,pattern: q,quiet w,write
    o x d h,help V,version`
  return { options: [...options.split(/\s+/), ...dryRun], hint: '' }
}

/** Where --system is done at once, the words after it are not looked at. */
function parse(process: Process): ParsedOptions {
  const release = procpsRelease(process)
  const at = process.argv.indexOf('--system')
  const argv = release.isSystemImmediate && at > 0 ? process.argv.slice(0, at + 1) : process.argv
  return parseOptions(process, specOf(release), argv)
}

class Sysctl {
  readonly #process: Process
  readonly #options: ParsedOptions
  readonly #context: SysctlContext
  readonly #writer: SettingWriter

  constructor(process: Process, options: ParsedOptions) {
    this.#process = process
    this.#options = options
    this.#context = new SysctlContext(process, options)
    this.#writer = new SettingWriter(this.#context)
  }

  *run(usage: string): Blocking<number> {
    const { operands } = this.#options
    const has = (...names: readonly string[]): boolean => names.some(name => this.#options.has(name))
    for (const { name } of this.#options.all) {
      if (name === 'help' || name === 'd') return this.#say(usage)
      if (name === 'version') return this.#say(`sysctl from procps-ng ${this.#context.release.version}\n`)
    }
    if (has('system')) return (yield* this.#system()) & 0xff
    if (has('all', 'A', 'X')) return displayAll(this.#context, '') & 0xff
    if (has('load', 'f')) return (yield* this.#load(operands)) & 0xff
    if (operands.length === 0) return this.#refuse('no variables specified')
    if (has('names') && has('quiet')) return this.#refuse('options -N and -q cannot coexist')
    return this.#operands(operands) & 0xff
  }

  #operands(operands: readonly string[]): number {
    let status = 0
    for (const operand of operands) {
      if (!this.#options.has('write') && !operand.includes('=')) status += readSetting(this.#context, operand)
      else if (this.#context.release.isGathering) status |= this.#writeOperand(operand)
      else status += this.#writeOperand3(operand)
    }
    return status
  }

  #writeOperand(operand: string): number {
    const line = parseSysctlLine(operand, this.#context.isWanted)
    if (line === 'invalid') this.#context.complain('command line(0): invalid syntax, continuing...')
    if (line === 'invalid' || line === undefined) return 1
    return line.isExcluding ? 0 : this.#writer.write(line)
  }

  #writeOperand3(operand: string): number {
    const [name = '', value] = operand.split(/=(.*)/s)
    if (value === undefined) {
      this.#context.complain(`"${operand}" must be of the form name=value`)
      return -1
    }
    if (name !== '') return this.#writer.write(settingOf3(name, value))
    this.#context.complain(`malformed setting "${operand}"`)
    return -2
  }

  *#system(): Blocking<number> {
    const others = ['all', 'A', 'X', 'load', 'f'].filter(name => this.#options.has(name))
    if (!this.#context.release.isSystemImmediate && others.length > 0)
      throw new Unsimulated('sysctl', `--system together with --${others[0]}`)
    return yield* this.#preload(systemFiles(this.#process), !this.#options.has('quiet'))
  }

  *#load(operands: readonly string[]): Blocking<number> {
    const file = this.#options.value('load')
    const first = file === undefined ? (operands.length === 0 ? [DEFAULT_PRELOAD] : []) : [file]
    return yield* this.#preload([...first, ...operands], false)
  }

  /** procps 4 reads all files and then writes; procps 3 writes each line as it comes to it. */
  *#preload(words: readonly string[], isAnnouncing: boolean): Blocking<number> {
    const { isGathering } = this.#context.release
    const gathered: SysctlLine[] = []
    let status = 0
    for (const word of words) {
      if (isAnnouncing) this.#process.print(`* Applying ${word} ...\n`)
      const { files, isFailed } = yield* settingsFiles(this.#context, word)
      for (const { path, lines } of files) {
        const settings = this.#parseFile(path, lines)
        if (isGathering) gathered.push(...settings)
        else for (const line of settings) status |= this.#writer.write(line)
      }
      if (isFailed) status |= isGathering ? 1 : -1
    }
    return status | this.#writer.writeAll(gathered)
  }

  *#parseFile(path: string, lines: readonly string[]): Iterable<SysctlLine> {
    const parse = this.#context.release.isGathering ? parseSysctlLine : parseSysctlLine3
    for (const [at, text] of lines.entries()) {
      const line = parse(text, this.#context.isWanted)
      if (line === 'invalid') this.#context.complain(`${path}(${at + 1}): invalid syntax, continuing...`)
      else if (line !== undefined) yield line
    }
  }

  #say(text: string): number {
    this.#process.print(text)
    return 0
  }

  #refuse(message: string): number {
    this.#context.complain(`${message}\nTry \`sysctl --help' for more information.`)
    return 1
  }
}

const usageText = ({ isGathering }: ProcpsRelease): string => `
Usage:
 sysctl [options] [variable[=value] ...]

Options:
  -a, --all            display all variables
  -A                   alias of -a
  -X                   alias of -a
      --deprecated     include deprecated parameters to listing
${isGathering ? '      --dry-run        Print the key and values but do not write\n' : ''}\
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
