import { KernelError } from '../../src/host/errno.ts'
import type { OpenFile } from '../fs/open-file.ts'
import { makePipe } from '../fs/pipe.ts'
import type { Child } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { runCompound } from './compound.ts'
import { Exit } from './control.ts'
import { waitForChild } from './foreground.ts'
import { closeSubstitutions } from './process-substitution.ts'
import { applyRedirections, type Saved, undoRedirections } from './redirect.ts'
import type { Shell } from './shell.ts'
import { runSimpleCommand } from './simple-command.ts'
import { startSubshell } from './subshell.ts'
import { type Command, lineOf, type Pipeline, type Statement } from './syntax.ts'
import { traceDuration } from './time-keyword.ts'
import { runErrorTrap, runPendingTraps } from './traps.ts'

export interface RunOptions {
  /** Nothing follows in this process: a program may take the shell's place, as after fork(2). */
  readonly isLast?: boolean
}

/** Executes statements in order; gives the status of the last. */
export function* runStatements(
  shell: Shell,
  statements: readonly Statement[],
  options: RunOptions = {},
): Blocking<number> {
  let status = 0
  for (const [index, statement] of statements.entries()) {
    const isLast = options.isLast === true && index === statements.length - 1
    shell.statementText = statement.sourceText ?? ''
    status = statement.background ? startJob(shell, statement) : yield* runList(shell, statement, { isLast })
    if (shell.process.pendingSignals.length > 0) yield* runPendingTraps(shell)
  }
  return status
}

/** `command &`: without job control its input is /dev/null. */
function startJob(shell: Shell, statement: Statement): number {
  const { process } = shell
  const files = new Map(process.files)
  const input = nullDevice(shell)
  if (input !== undefined) files.set(0, input)
  const child = startSubshell(
    shell,
    inner => runList(inner, { ...statement, background: false }, { isLast: true }),
    { files },
  )
  shell.jobs.add(child)
  if (shell.isInteractive) shell.process.complain(`[${shell.jobs.pids.length}] ${child.pid}\n`)
  shell.status = 0
  return 0
}

function nullDevice(shell: Shell): OpenFile | undefined {
  try {
    return shell.process.system.fs.open(shell.process, '/dev/null', { read: true }, 0)
  } catch (error) {
    if (error instanceof KernelError) return undefined
    throw error
  }
}

/** Pipelines joined by `&&` and `||`. */
function* runList(shell: Shell, statement: Statement, options: RunOptions): Blocking<number> {
  const { pipelines, operators } = statement
  let status = 0
  for (const [index, pipeline] of pipelines.entries()) {
    const operator = index === 0 ? undefined : operators[index - 1]
    if ((operator === '&&' && status !== 0) || (operator === '||' && status === 0)) continue
    const isTested = index < pipelines.length - 1
    status = yield* runPipeline(shell, pipeline, {
      isTested,
      isLast: options.isLast === true && pipelines.length === 1,
    })
  }
  return status
}

function* runPipeline(
  shell: Shell,
  pipeline: Pipeline,
  options: { isTested: boolean; isLast: boolean },
): Blocking<number> {
  const { commands, negated, timed } = pipeline
  const isLast = options.isLast && !negated && !timed && shell.traps.size === 0
  const isGuarded = options.isTested || negated
  const startNs = shell.process.clock.monotonicNs
  if (isGuarded) shell.conditionDepth++
  try {
    const [only] = commands
    if (commands.length === 1 && only !== undefined) {
      shell.status = yield* runCommand(shell, only, { isLast })
      shell.pipeStatus =
        only.type === 'SimpleCommand' || shell.pipeStatus.length === 1 ? [shell.status] : shell.pipeStatus
    } else shell.status = yield* runConcurrently(shell, pipeline)
  } finally {
    if (isGuarded) shell.conditionDepth--
  }
  if (timed) traceDuration(shell, shell.process.clock.monotonicNs - startNs, pipeline.timePosix === true)
  if (negated) shell.status = shell.status === 0 ? 1 : 0
  else if (shell.status !== 0 && !options.isTested) yield* onFailure(shell, commands)
  return shell.status
}

const INNER_CHECKED: readonly Command['type'][] = [
  'If',
  'For',
  'CStyleFor',
  'While',
  'Until',
  'Case',
  'Group',
  'FunctionDef',
]

/** What a failed command leads to: the ERR trap, and with errexit the end. Compound commands have had it inside. */
function* onFailure(shell: Shell, commands: readonly Command[]): Blocking<void> {
  const [only] = commands
  if (shell.conditionDepth > 0) return
  if (
    commands.length === 1 &&
    only !== undefined &&
    INNER_CHECKED.includes(only.type) &&
    !shell.isRedirectionFailed
  )
    return
  shell.isRedirectionFailed = false
  const { status } = shell
  yield* runErrorTrap(shell)
  if (shell.options.has('errexit')) throw new Exit(status)
}

/** All commands of a pipeline at the same time, each in a child. */
function* runConcurrently(shell: Shell, pipeline: Pipeline): Blocking<number> {
  const children: Child[] = []
  let input: OpenFile | undefined
  for (const [index, command] of pipeline.commands.entries()) {
    const files = new Map(shell.process.files)
    if (input !== undefined) files.set(0, input)
    input = undefined
    if (index < pipeline.commands.length - 1) {
      const { reader, writer } = makePipe()
      input = reader
      files.set(1, writer)
      if (pipeline.pipeStderr?.[index]) files.set(2, writer)
    }
    children.push(startSubshell(shell, inner => runElement(inner, command), { files }))
  }
  const statuses: number[] = []
  for (const child of children) statuses.push(yield* waitForChild(shell, child))
  shell.pipeStatus = statuses
  const failed = shell.options.has('pipefail') ? statuses.findLast(status => status !== 0) : undefined
  return failed ?? statuses.at(-1) ?? 0
}

function* runElement(shell: Shell, command: Command): Blocking<number> {
  shell.isPipeElement = true
  const isCompound = command.type !== 'SimpleCommand' && command.type !== 'Subshell'
  if (isCompound) return yield* runStatements(shell, [asStatement(command)])
  return yield* runCommand(shell, command, { isLast: true })
}

const asStatement = (command: Command): Statement => ({
  type: 'Statement',
  operators: [],
  background: false,
  pipelines: [{ type: 'Pipeline', commands: [command], negated: false }],
})

/** One command, with what is around it: signals that have arrived, its line, substitutions to be closed. */
export function* runCommand(shell: Shell, command: Command, options: RunOptions = {}): Blocking<number> {
  if (shell.process.pendingSignals.length > 0) yield* runPendingTraps(shell)
  const line = lineOf(command)
  if (line > 0) shell.line = line + shell.lineOffset
  shell.process.line = shell.line
  const count = shell.substitutionFds.length
  try {
    if (command.type === 'SimpleCommand') return yield* runSimpleCommand(shell, command, options)
    if (command.redirections.length === 0 || command.type === 'FunctionDef')
      return yield* runCompound(shell, command, options)
    return yield* withRedirections(shell, command)
  } finally {
    if (shell.substitutionFds.length > count && !shell.isReplaced) closeSubstitutions(shell, count)
  }
}

function* withRedirections(
  shell: Shell,
  command: Exclude<Command, { type: 'SimpleCommand' }>,
): Blocking<number> {
  const saved: Saved = []
  try {
    const failure = yield* applyRedirections(shell, command.redirections, saved)
    if (failure !== undefined) {
      shell.isRedirectionFailed = true
      return failure
    }
    return yield* runCompound(shell, command, {})
  } finally {
    undoRedirections(shell, saved)
  }
}
