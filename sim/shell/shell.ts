import { Unsimulated } from '../../src/host/host.ts'
import type { Process, Program } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import type { Builtin } from './builtins/builtin.ts'
import { Discard, Exit } from './control.ts'
import { Jobs } from './jobs.ts'
import type { RunTextOptions } from './run-text.ts'
import type { Target } from './sink.ts'
import type {
  Dialect,
  FunctionDefinition,
  ParameterExpansion,
  Script,
  Statement,
  WordPart,
} from './syntax.ts'
import { Variables } from './variables.ts'

/** Options of `set`, by their long names. */
export type ShellOption =
  | 'allexport'
  | 'errexit'
  | 'errtrace'
  | 'functrace'
  | 'hashall'
  | 'braceexpand'
  | 'noclobber'
  | 'noexec'
  | 'noglob'
  | 'nounset'
  | 'pipefail'
  | 'posix'
  | 'privileged'
  | 'verbose'
  | 'xtrace'

/** A function, and the file that it was defined in. */
export interface ShellFunction {
  readonly definition: FunctionDefinition
  readonly source: string
  /** What is added to the lines of its nodes. */
  readonly lineOffset: number
}

/** A function or a sourced file that is running. */
export interface Frame {
  readonly kind: 'function' | 'source'
  /** `source` for a file. */
  readonly name: string
  /** The file that its commands are in. */
  readonly source: string
  /** The line that called it. */
  readonly callLine: number
}

/** What `$0` and messages begin with, and how the script came. */
export interface ShellOrigin {
  readonly dialect: Dialect
  readonly name: string
  readonly input: 'stdin' | 'command' | 'file'
  /** Somebody types the commands (bash only): an error ends the line and not the shell. */
  readonly isInteractive?: boolean
}

/** Special builtins of dash and expansions fail like this: a message was printed, the rest is the dialect's. */
export type Severity = 'status' | 'special' | 'expansion' | 'fatal'

/**
 * The shell's language calls itself at every level (a word holds a script, a script holds words): what calls upwards
 * does it through here, so that the files import in one direction.
 */
export interface Interpreter {
  runStatements(
    shell: Shell,
    statements: readonly Statement[],
    options?: { readonly isLast?: boolean },
  ): Blocking<number>
  runText(shell: Shell, text: string, options?: RunTextOptions): Blocking<number>
  expandParameter(shell: Shell, part: ParameterExpansion, target: Target): Blocking<void>
  readElement(shell: Shell, name: string, subscript: string | undefined): Blocking<string | undefined>
  substituteCommand(shell: Shell, script: Script): Blocking<string>
  substituteProcess(shell: Shell, part: Extract<WordPart, { type: 'ProcessSubstitution' }>): string
  builtins(shell: Shell): ReadonlyMap<string, Builtin>
  /** The shell itself as a program, for a script without `#!`. */
  program(dialect: Dialect): Program
}

/** The state of one shell process. A subshell gets a copy. */
export class Shell {
  readonly process: Process
  readonly origin: ShellOrigin
  readonly interpreter: Interpreter
  readonly variables: Variables
  readonly functions: Map<string, ShellFunction>
  readonly aliases: Map<string, string>
  readonly options: Set<ShellOption>
  readonly shopts: Set<string>
  /** Commands by signal name, `EXIT`, `ERR`, `RETURN`, `DEBUG`; an empty one ignores. */
  readonly traps: Map<string, string>
  readonly jobs: Jobs
  readonly frames: Frame[]
  positional: readonly string[]
  status = 0
  pipeStatus: readonly number[] = [0]
  line = 1
  /** The text of the command that is executed, for BASH_COMMAND. */
  command = ''
  /** Inside a condition, where errexit and ERR look away. */
  conditionDepth = 0
  loopDepth = 0
  subshellDepth = 0
  /** How many `+` a trace has: substitutions, eval and sourced files nest. */
  traceDepth = 1
  /** The `eval` or the builtin whose words messages name, in dash. */
  messageContext: readonly string[] = []
  /** `$$`: the pid of the first shell, in subshells too. */
  readonly shellPid: number
  startNs: number
  isTrapRunning = false
  /** Where `getopts` is: the word, and the letter in it. */
  optionIndex = 1
  optionOffset = 1
  /** What `pushd` left, the nearest first. */
  directoryStack: readonly string[] = []
  /** While the ERR trap runs, BASH_COMMAND stays what failed. */
  isCommandKept = false
  /** What is added to a node's line: substitutions and `eval` are parsed by themselves. */
  lineOffset = 0
  /** A compound command's redirection failed: a failure that nothing inside of it has looked at. */
  isRedirectionFailed = false
  /** A program is about to take the process over. */
  isReplaced = false
  /** An element of a pipeline, whose death its parent does not tell of. */
  isPipeElement = false
  /** The source of the statement in execution, for what is told of its death. */
  statementText = ''
  /** The status of the last substitution in the command in execution: that of a lone assignment. */
  substitutionStatus: number | undefined
  /** Descriptors of process substitutions that the command in execution has opened. */
  readonly substitutionFds: number[] = []

  constructor(process: Process, origin: ShellOrigin, from: { interpreter: Interpreter; parent?: Shell }) {
    const { parent } = from
    this.process = process
    this.origin = origin
    this.interpreter = from.interpreter
    this.variables = parent?.variables.fork() ?? new Variables()
    this.functions = new Map(parent?.functions)
    this.aliases = new Map(parent?.aliases)
    this.options = new Set(parent?.options)
    this.shopts = new Set(parent?.shopts)
    this.traps = new Map([...(parent?.traps ?? [])].filter(([, command]) => command === ''))
    this.jobs = new Jobs()
    this.frames = [...(parent?.frames ?? [])]
    this.positional = parent?.positional ?? []
    this.shellPid = parent?.shellPid ?? process.pid
    this.startNs = parent?.startNs ?? process.clock.monotonicNs
    if (parent !== undefined) this.#inherit(parent)
  }

  #inherit(parent: Shell): void {
    this.status = parent.status
    this.pipeStatus = parent.pipeStatus
    this.line = parent.line
    this.lineOffset = parent.lineOffset
    this.command = parent.command
    this.conditionDepth = parent.conditionDepth
    this.loopDepth = parent.loopDepth
    this.subshellDepth = parent.subshellDepth + 1
    this.traceDepth = parent.traceDepth
    this.messageContext = parent.messageContext
    this.jobs.lastPid = parent.jobs.lastPid
    if (parent.options.has('errtrace') || this.origin.dialect === 'dash') this.#inheritTrap(parent, 'ERR')
  }

  #inheritTrap(parent: Shell, name: string): void {
    const command = parent.traps.get(name)
    if (command !== undefined) this.traps.set(name, command)
  }

  get isBash(): boolean {
    return this.origin.dialect === 'bash'
  }

  get isInteractive(): boolean {
    return this.origin.isInteractive === true
  }

  /** The shell itself, between two lines, in the process that takes its place on a copy of the machine. */
  copyTo(process: Process): Shell {
    const copy = new Shell(process, this.origin, { interpreter: this.interpreter, parent: this })
    copy.subshellDepth = this.subshellDepth
    for (const [condition, command] of this.traps) copy.traps.set(condition, command)
    for (const pid of this.jobs.pids) copy.jobs.add(this.jobs.get(pid))
    copy.jobs.lastPid = this.jobs.lastPid
    copy.optionIndex = this.optionIndex
    copy.optionOffset = this.optionOffset
    copy.directoryStack = this.directoryStack
    return copy
  }

  /** A copy of this shell in another process. */
  fork(process: Process): Shell {
    return new Shell(process, this.origin, { interpreter: this.interpreter, parent: this })
  }

  /** What a message starts with: `bash: line 3: `, `/tmp/script: line 3: `, `sh: 3: `. */
  get prefix(): string {
    const { name, input } = this.origin
    if (!this.isBash) return [name, String(this.line), ...this.messageContext, ''].join(': ')
    if (this.isInteractive) return `${name}: `
    const frame = this.frames.at(-1)
    if (frame === undefined) return `${name}: line ${this.line}: `
    if (frame.kind === 'function' && frame.source === '')
      return `${input === 'stdin' ? 'main' : 'environment'}: line ${this.line}: `
    return `${frame.source === '' ? name : frame.source}: line ${this.line}: `
  }

  /** A message of the shell itself on standard error. */
  complain(message: string): void {
    this.process.complain(`${this.prefix}${message}\n`)
  }

  /**
   * A message, and what follows from it: for `expansion` bash gives up the line, for `fatal` the shell ends; dash ends
   * in both cases and where a special builtin fails (`special`). Otherwise the status is the answer.
   */
  fail(message: string, severity: Severity = 'status', status = this.isBash ? 1 : 2): number {
    this.complain(message)
    return this.failSilently(severity, status)
  }

  failSilently(severity: Severity, status = this.isBash ? 1 : 2): number {
    if (severity === 'status' || (severity === 'special' && this.isBash)) return status
    if (!this.isBash) throw new Exit(2)
    if (severity === 'expansion' || this.isInteractive) throw new Discard(1)
    throw new Exit(this.origin.input === 'command' ? 127 : 1)
  }

  /** The environment of the programs that this shell starts. */
  get environment(): ReadonlyMap<string, string> {
    return this.variables.exported
  }

  /** IFS, or its default where it is unset. */
  get ifs(): string {
    return this.variables.text('IFS') ?? ' \t\n'
  }

  unsimulated(what: string): Unsimulated {
    return new Unsimulated(this.isBash ? 'bash' : 'sh', what, this.line)
  }

  /** The file that commands come from, for BASH_SOURCE. */
  get source(): string {
    return this.frames.at(-1)?.source ?? (this.origin.input === 'file' ? this.origin.name : '')
  }
}
