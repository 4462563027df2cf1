import { KernelError, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { decodeText } from '../../src/host/surrogate-escape.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { builtins } from './builtins/index.ts'
import { runStatements } from './evaluate.ts'
import { optionOfLetter, optionOfName } from './options.ts'
import { expandParameter, readElement } from './parameter.ts'
import { substituteProcess } from './process-substitution.ts'
import { runText } from './run-text.ts'
import { runScriptOnInput } from './script-input.ts'
import { type Interpreter, Shell, type ShellOption, type ShellOrigin } from './shell.ts'
import { runToEnd } from './subshell.ts'
import { substituteCommand } from './substitution.ts'
import type { Dialect } from './syntax.ts'
import { setDefault } from './traps.ts'
import { isName } from './variables.ts'

/** bash(1) of Debian 12. */
export const bash = (process: Process): Blocking<number> => new Invocation(process, 'bash').run()

/** dash(1), which is /bin/sh. */
export const dash = (process: Process): Blocking<number> => new Invocation(process, 'dash').run()

/** bash for somebody who types, as `bash -i +Hm`: without a terminal of its own there is neither job control nor `!`. */
export function interactiveBash(process: Process): Shell {
  const shell = newShell(process, { dialect: 'bash', name: 'bash', input: 'stdin', isInteractive: true })
  shell.shopts.add('expand_aliases')
  shell.variables.set('PS1', { value: '\\s-\\v\\$ ' })
  shell.variables.set('PS2', { value: '> ' })
  for (const signal of ['INT', 'TERM'] as const) setDefault(shell, signal)
  return shell
}

/** A shell that never runs a script: what its builtins do not model is tried on it. */
export const scratchShell = (process: Process, dialect: Dialect): Shell =>
  newShell(process, { dialect, name: dialect === 'bash' ? 'bash' : 'sh', input: 'stdin' })

const interpreter: Interpreter = {
  runStatements,
  runText,
  expandParameter,
  readElement,
  substituteCommand,
  substituteProcess,
  builtins,
  program: dialect => (dialect === 'bash' ? bash : dash),
}

/** A wrong command line. */
class BadInvocation extends Error {
  override readonly name = 'BadInvocation'
}

class Invocation {
  readonly #process: Process
  readonly #dialect: Dialect
  readonly #args: string[]
  readonly #options = new Set<ShellOption>()
  readonly #shopts: string[] = []
  #isCommand = false
  #isStdin = false

  constructor(process: Process, dialect: Dialect) {
    this.#process = process
    this.#dialect = dialect
    this.#args = process.argv.slice(1)
  }

  *run(): Blocking<number> {
    try {
      this.#parse()
    } catch (error) {
      if (!(error instanceof BadInvocation)) throw error
      this.#process.complain(`${error.message}\n`)
      return 2
    }
    const command = this.#isCommand ? this.#args.shift() : undefined
    if (this.#isCommand && command === undefined) return this.#refuse(this.#needsArgument, 2)
    if (command !== undefined) return yield* this.#runCommand(command)
    const file = this.#isStdin ? undefined : this.#args.shift()
    return file === undefined ? yield* this.#runInput() : yield* this.#runFile(file)
  }

  get #name(): string {
    return this.#process.argv[0] ?? this.#dialect
  }

  get #needsArgument(): string {
    return this.#dialect === 'bash'
      ? `${this.#name}: -c: option requires an argument`
      : `${this.#name}: 0: -c requires an argument`
  }

  *#runCommand(command: string): Blocking<number> {
    const name = this.#args.shift() ?? this.#name
    const shell = this.#shell({ dialect: this.#dialect, name, input: 'command' })
    return yield* runToEnd(shell, inner => runText(inner, command, { isLast: true }))
  }

  *#runInput(): Blocking<number> {
    const shell = this.#shell({ dialect: this.#dialect, name: this.#name, input: 'stdin' })
    return yield* runToEnd(shell, runScriptOnInput)
  }

  *#runFile(file: string): Blocking<number> {
    let text: string
    try {
      text = decodeText(this.#process.readFile(this.#find(file)))
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      const missing = error.errno === 'ENOENT'
      if (this.#dialect === 'bash')
        return this.#refuse(`${this.#name}: ${file}: ${strerror(error.errno)}`, missing ? 127 : 126)
      return this.#refuse(
        `${this.#name}: 0: cannot open ${file}: ${missing ? 'No such file' : strerror(error.errno)}`,
        2,
      )
    }
    const shell = this.#shell({ dialect: this.#dialect, name: file, input: 'file' })
    return yield* runToEnd(shell, inner => runText(inner, text))
  }

  /** bash looks for a script on PATH, too, when it is not in the working directory. */
  #find(file: string): string {
    if (file.includes('/') || this.#dialect === 'dash' || this.#process.exists(file)) return file
    return this.#process.which(file) ?? file
  }

  #refuse(message: string, status: number): number {
    this.#process.complain(`${message}\n`)
    return status
  }

  #parse(): void {
    for (let word = this.#args[0]; word !== undefined && /^[-+]./.test(word); word = this.#args[0]) {
      this.#args.shift()
      if (word === '--') return
      if (word.startsWith('--')) this.#parseLong(word)
      else this.#parseLetters(word)
    }
    if (this.#args[0] === '-') this.#args.shift()
  }

  #parseLong(word: string): void {
    if (this.#dialect === 'bash' && ['--norc', '--noprofile', '--posix', '--noediting'].includes(word)) {
      if (word === '--posix') throw this.#unsimulated(word)
      return
    }
    if (this.#dialect === 'dash') throw new BadInvocation(`${this.#name}: 0: Illegal option ${word}`)
    if (BASH_LONG.includes(word)) throw this.#unsimulated(word)
    throw new BadInvocation(`${this.#name}: ${word}: invalid option`)
  }

  #unsimulated(word: string): Error {
    return new Unsimulated(this.#dialect === 'bash' ? 'bash' : 'sh', `the option ${word}`)
  }

  #parseLetters(word: string): void {
    const isOn = word.startsWith('-')
    for (const letter of word.slice(1)) {
      if (letter === 'c') this.#isCommand = true
      else if (letter === 's') this.#isStdin = true
      else if (letter === 'o') this.#setNamed(this.#args.shift(), isOn)
      else if (letter === 'O' && this.#dialect === 'bash') this.#shopts.push(this.#args.shift() ?? '')
      else if ('il'.includes(letter)) throw this.#unsimulated(`-${letter}`)
      else this.#setLetter(letter, isOn)
    }
  }

  #setLetter(letter: string, isOn: boolean): void {
    const option = optionOfLetter(this.#dialect, letter)
    if (option === undefined) {
      const sign = isOn ? '-' : '+'
      throw new BadInvocation(
        this.#dialect === 'bash'
          ? `${this.#name}: ${sign}${letter}: invalid option`
          : `${this.#name}: 0: Illegal option ${sign}${letter}`,
      )
    }
    this.#set(option, isOn)
  }

  #setNamed(name: string | undefined, isOn: boolean): void {
    const option = optionOfName(this.#dialect, name ?? '')
    if (option === undefined) {
      throw new BadInvocation(
        this.#dialect === 'bash'
          ? `${this.#name}: ${name}: invalid option name`
          : `${this.#name}: 0: Illegal option -o ${name}`,
      )
    }
    this.#set(option, isOn)
  }

  #set(option: ShellOption, isOn: boolean): void {
    if (isOn) this.#options.add(option)
    else this.#options.delete(option)
  }

  #shell(origin: ShellOrigin): Shell {
    const shell = newShell(this.#process, origin)
    shell.positional = this.#args
    for (const option of this.#options) shell.options.add(option)
    for (const name of this.#shopts) shell.shopts.add(name)
    return shell
  }
}

function newShell(process: Process, origin: ShellOrigin): Shell {
  const shell = new Shell(process, origin, { interpreter })
  if (shell.isBash) {
    shell.options.add('hashall').add('braceexpand')
    for (const name of DEFAULT_SHOPTS) shell.shopts.add(name)
  }
  initialize(shell)
  return shell
}

/** Taken by bash and not by us; the others are nobody's. */
const BASH_LONG = [
  '--debug',
  '--debugger',
  '--dump-po-strings',
  '--dump-strings',
  '--help',
  '--init-file',
  '--login',
  '--pretty-print',
  '--rcfile',
  '--restricted',
  '--verbose',
  '--version',
  '--wordexp',
]

const DEFAULT_SHOPTS = [
  'checkwinsize',
  'cmdhist',
  'complete_fullquote',
  'extquote',
  'force_fignore',
  'globasciiranges',
  'globskipdots',
  'hostcomplete',
  'interactive_comments',
  'patsub_replacement',
  'progcomp',
  'promptvars',
  'sourcepath',
]

/** The variables that a shell starts with: its environment, and what it sets itself. */
function initialize(shell: Shell): void {
  const { process, variables, isBash } = shell
  for (const [name, value] of process.env) if (isName(name)) variables.set(name, { value, isExported: true })
  const isPwdRight = variables.text('PWD') === process.cwd
  variables.set('PWD', { value: process.cwd, isExported: isBash || isPwdRight })
  variables.set('IFS', { value: ' \t\n' })
  variables.set('OPTIND', { value: '1' })
  variables.set('PPID', { value: String(process.parent?.pid ?? 0), isReadonly: isBash, isInteger: isBash })
  if (!variables.get('PATH')) variables.set('PATH', { value: DEFAULT_PATH })
  if (!isBash) {
    variables.set('PS4', { value: '+ ' })
    return
  }
  variables.set('PS4', { value: '+ ' })
  const level = Number(variables.text('SHLVL') ?? 0)
  variables.set('SHLVL', { value: String(Number.isNaN(level) ? 1 : level + 1), isExported: true })
  variables.set('_', { value: process.argv[0] ?? 'bash', isExported: true })
  if (!variables.get('OLDPWD')) variables.set('OLDPWD', { value: undefined, isExported: true })
  for (const [name, value] of Object.entries(BASH_CONSTANTS)) variables.set(name, { value })
  variables.set('HOSTNAME', { value: process.kernel.uts.value.nodename })
}

/** DEFAULT_PATH_VALUE as Debian builds bash. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const BASH_CONSTANTS = {
  BASH: '/usr/bin/bash',
  BASH_VERSION: '5.2.15(1)-release',
  HOSTTYPE: 'x86_64',
  MACHTYPE: 'x86_64-pc-linux-gnu',
  OSTYPE: 'linux-gnu',
  OPTERR: '1',
}
