import { KernelError, strerror } from '../../src/host/errno.ts'
import type { Blocking } from '../scheduler.ts'
import { assign, isAssignmentWord, splitAssignmentWord } from './assignment.ts'
import type { RunOptions } from './evaluate.ts'
import { expandText, expandWords, plainText } from './expand.ts'
import { runProgram } from './external-command.ts'
import { callFunction } from './function-call.ts'
import { quoteForTrace } from './quote.ts'
import { applyRedirections, keepRedirections, type Saved, undoRedirections } from './redirect.ts'
import type { Shell } from './shell.ts'
import type { Assignment, SimpleCommand, Word } from './syntax.ts'
import { trace } from './trace.ts'

/** POSIX special builtins: their assignments stay, and in dash their errors end the shell. */
const SPECIAL = [
  ':',
  '.',
  'break',
  'continue',
  'eval',
  'exec',
  'exit',
  'export',
  'readonly',
  'return',
  'set',
  'shift',
  'times',
  'trap',
  'unset',
]

/** Their arguments are assignments: not split, tildes expanded, arrays allowed. */
const DECLARING = ['export', 'readonly', 'declare', 'typeset', 'local']

/** Executes a simple command (bash(1), SIMPLE COMMAND EXPANSION). */
export function* runSimpleCommand(
  shell: Shell,
  command: SimpleCommand,
  options: RunOptions,
): Blocking<number> {
  const statusBefore = shell.status
  shell.substitutionStatus = undefined
  const argv = yield* expandCommand(shell, command)
  const [name] = argv
  if (!shell.isCommandKept) shell.command = argv.join(' ')
  if (name === undefined) return yield* runAssignments(shell, command)
  shell.status = statusBefore
  return yield* new Execution(shell, command, argv).run(options)
}

function* expandCommand(shell: Shell, command: SimpleCommand): Blocking<string[]> {
  if (command.name === null) return []
  const aliased = aliasOf(shell, command)
  const { name, args } = aliased ?? command
  if (name === null) return []
  const plain = plainText(name)
  const first = plain === undefined ? yield* expandWords(shell, [name]) : [plain]
  if (plain !== undefined && DECLARING.includes(plain))
    return [...first, ...(yield* expandDeclaration(shell, args))]
  return [...first, ...(yield* expandWords(shell, args))]
}

/** dash expands aliases in scripts; bash does not, unless told to. */
function aliasOf(shell: Shell, command: SimpleCommand): { name: Word | null; args: Word[] } | undefined {
  if (shell.aliases.size === 0 || command.name === null) return undefined
  const isOn = !shell.isBash || shell.shopts.has('expand_aliases')
  const text = isOn ? shell.aliases.get(plainText(command.name) ?? '') : undefined
  if (text === undefined) return undefined
  const words = text.trim().split(/\s+/)
  if (/[^\w\s./=:,'-]|'/.test(text.replace(/'[\w\s]*'/g, ''))) throw shell.unsimulated(`the alias ${text}`)
  const nodes = words.map((value): Word => ({ type: 'Word', parts: [{ type: 'Literal', value }] }))
  const [name = null, ...args] = nodes
  return { name, args: [...args, ...command.args] }
}

function* expandDeclaration(shell: Shell, words: readonly Word[]): Blocking<string[]> {
  const fields: string[] = []
  for (const word of words) {
    if (isAssignmentWord(word)) fields.push(yield* expandText(shell, word))
    else fields.push(...(yield* expandWords(shell, [word])))
  }
  return fields
}

/** A command without a name: assignments that stay, redirections that do not. */
function* runAssignments(shell: Shell, command: SimpleCommand): Blocking<number> {
  const saved: Saved = []
  try {
    const failure = yield* applyRedirections(shell, command.redirections, saved)
    if (failure !== undefined) return failure
  } finally {
    undoRedirections(shell, saved)
  }
  for (const assignment of command.assignments) yield* assign(shell, assignment)
  return shell.substitutionStatus ?? 0
}

class Execution {
  readonly #shell: Shell
  readonly #command: SimpleCommand
  readonly #argv: readonly string[]
  readonly #name: string
  readonly #saved: Saved = []

  constructor(shell: Shell, command: SimpleCommand, argv: readonly string[]) {
    this.#shell = shell
    this.#command = command
    this.#argv = argv
    this.#name = argv[0] ?? ''
  }

  *run(options: RunOptions): Blocking<number> {
    const shell = this.#shell
    try {
      const isSpecial = SPECIAL.includes(this.#name)
      const failure = yield* applyRedirections(shell, this.#command.redirections, this.#saved)
      if (failure !== undefined) return isSpecial ? shell.failSilently('special', failure) : failure
      const definition = isSpecial && !shell.isBash ? undefined : shell.functions.get(this.#name)
      if (definition !== undefined) {
        this.#trace()
        return yield* this.#withVariables(() => callFunction(shell, definition, this.#argv))
      }
      const builtin = shell.interpreter.builtins(shell).get(this.#name)
      if (builtin === undefined) return yield* this.#runProgram(options)
      if (isSpecial && !shell.isBash) {
        for (const assignment of this.#command.assignments) yield* assign(shell, assignment)
        return yield* this.#runBuiltin()
      }
      return yield* this.#withVariables(() => this.#runBuiltin())
    } finally {
      undoRedirections(shell, this.#saved)
    }
  }

  *#runBuiltin(): Blocking<number> {
    const shell = this.#shell
    this.#trace()
    const builtin = shell.interpreter.builtins(shell).get(this.#name)
    const { messageContext } = shell
    if (!shell.isBash && this.#name !== '.') shell.messageContext = [this.#name]
    try {
      if (this.#name === 'exec' && this.#argv.length === 1) keepRedirections(this.#saved)
      const result = builtin?.run(shell, this.#argv, { arrays: this.#arrays() }) ?? 0
      return typeof result === 'number' ? result : yield* result
    } catch (thrown) {
      if (!(thrown instanceof KernelError)) throw thrown
      return this.#writeError(thrown)
    } finally {
      shell.messageContext = messageContext
    }
  }

  #writeError({ errno }: KernelError): number {
    this.#shell.complain(this.#shell.isBash ? `${this.#name}: write error: ${strerror(errno)}` : 'I/O error')
    return 1
  }

  /** `declare -A m=(…)`: the words of arrays that stand as arguments. */
  #arrays(): ReadonlyMap<string, readonly Word[]> {
    if (!DECLARING.includes(this.#name)) return NO_ARRAYS
    const found = this.#command.args.flatMap(word => {
      const split = splitAssignmentWord(word)
      return split?.elements === undefined ? [] : [[split.name, split.elements] as const]
    })
    return found.length === 0 ? NO_ARRAYS : new Map(found)
  }

  *#runProgram(options: RunOptions): Blocking<number> {
    const shell = this.#shell
    const env = this.#command.assignments.length === 0 ? shell.environment : yield* this.#environment()
    this.#trace()
    return yield* runProgram(shell, this.#argv, { env, isLast: options.isLast === true })
  }

  /** The environment with this command's own assignments. */
  *#environment(): Blocking<ReadonlyMap<string, string>> {
    const env = new Map(this.#shell.environment)
    for (const assignment of this.#command.assignments) {
      const text = yield* this.#textOf(assignment)
      env.set(
        assignment.name,
        assignment.append ? (this.#shell.variables.text(assignment.name) ?? '') + text : text,
      )
      if (this.#shell.options.has('xtrace')) trace(this.#shell, `${assignment.name}=${quoteForTrace(text)}`)
    }
    return env
  }

  *#textOf(assignment: Assignment): Blocking<string> {
    return assignment.value === null ? '' : yield* expandText(this.#shell, assignment.value)
  }

  /** A function and a builtin see their assignments as variables while they run. */
  *#withVariables(body: () => Blocking<number>): Blocking<number> {
    const { assignments } = this.#command
    const { variables } = this.#shell
    if (assignments.length === 0) return yield* body()
    const before = assignments.map(({ name }) => [name, variables.getOwn(name)] as const)
    try {
      for (const assignment of assignments) {
        yield* assign(this.#shell, assignment)
        const variable = variables.get(assignment.name)
        if (variable !== undefined) variables.set(assignment.name, { ...variable, isExported: true })
      }
      return yield* body()
    } finally {
      for (const [name, variable] of before.reverse()) {
        if (variable === undefined) variables.unset(name)
        else if (!variable.isReadonly) variables.set(name, variable)
      }
    }
  }

  #trace(): void {
    const shell = this.#shell
    if (!shell.options.has('xtrace')) return
    trace(shell, (shell.isBash ? this.#argv.map(quoteForTrace) : this.#argv).join(' '))
  }
}

const NO_ARRAYS: ReadonlyMap<string, readonly Word[]> = new Map()
