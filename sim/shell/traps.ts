import { SIGNAL_NUMBER, type SignalName, Terminated } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { Exit, Interrupted } from './control.ts'
import type { Shell } from './shell.ts'

const byNumber = new Map(Object.entries(SIGNAL_NUMBER).map(([name, number]) => [number, name as SignalName]))

/** Whether a word names a signal that processes know. */
export const isSignal = (name: string): name is SignalName => Object.hasOwn(SIGNAL_NUMBER, name)

/** A signal, or one of the shell's own conditions, as `trap` and `kill` take it: `TERM`, `SIGTERM`, `15`, `EXIT`. */
export function conditionOf(shell: Shell, word: string): string | undefined {
  if (word === '0' || word.toUpperCase() === 'EXIT') return 'EXIT'
  if (/^\d+$/.test(word)) return byNumber.get(Number(word))
  const name = word.toUpperCase().replace(/^SIG/, shell.isBash ? '' : 'SIG')
  if (shell.isBash && ['ERR', 'RETURN', 'DEBUG'].includes(name)) return name
  return isSignal(name) ? name : undefined
}

/** Sets, ignores ('') or resets (undefined) what happens on a condition. */
export function setTrap(shell: Shell, condition: string, command: string | undefined): void {
  const { process, traps } = shell
  if (condition === 'DEBUG' || condition === 'RETURN') throw shell.unsimulated(`trap on ${condition}`)
  if (command === undefined) traps.delete(condition)
  else traps.set(condition, command)
  if (condition === 'EXIT') catchFatal(shell)
  if (!isSignal(condition)) return
  if (command === undefined) setDefault(shell, condition)
  else process.signalActions.set(condition, command === '' ? 'ignore' : 'catch')
}

/** What a shell does about a signal without a trap: one that somebody types into lives through two (bash(1), SIGNALS). */
export function setDefault({ isInteractive, process }: Shell, signal: SignalName): void {
  if (isInteractive && (signal === 'INT' || signal === 'TERM')) process.signalActions.set(signal, 'catch')
  else process.signalActions.delete(signal)
}

const FATAL: readonly SignalName[] = ['HUP', 'INT', 'TERM']

/** bash runs the EXIT trap when one of these ends it, so it has to notice them (termsig_handler() in sig.c). */
function catchFatal(shell: Shell): void {
  if (!shell.isBash) return
  for (const signal of FATAL) {
    if (shell.traps.has(signal)) continue
    if (shell.traps.has('EXIT')) shell.process.signalActions.set(signal, 'catch')
    else setDefault(shell, signal)
  }
}

/** Runs the traps of the signals that have arrived. Called between two commands. */
export function* runPendingTraps(shell: Shell): Blocking<void> {
  const { pendingSignals } = shell.process
  while (pendingSignals.length > 0) {
    const signal = pendingSignals.shift()
    if (signal === undefined || signal === 'CHLD') continue
    const command = shell.traps.get(signal)
    if (command !== undefined) yield* runTrap(shell, command)
    else if (signal !== 'PIPE') yield* dieOf(shell, signal)
  }
}

function* dieOf(shell: Shell, signal: SignalName): Blocking<void> {
  if (shell.isInteractive && shell.subshellDepth === 0) {
    if (signal === 'TERM') return
    if (signal === 'INT') throw new Interrupted()
  }
  shell.process.signalActions.delete(signal)
  yield* runExitTrap(shell, 128 + SIGNAL_NUMBER[signal])
  throw new Terminated(signal)
}

/** Runs a trap's command; `$?` is afterwards what it was. */
export function* runTrap(shell: Shell, command: string): Blocking<void> {
  const { status, pipeStatus, line, lineOffset } = shell
  shell.lineOffset = line - 1
  shell.traceDepth++
  try {
    yield* shell.interpreter.runText(shell, command)
  } finally {
    shell.traceDepth--
    shell.lineOffset = lineOffset
  }
  shell.line = line
  shell.status = status
  shell.pipeStatus = pipeStatus
}

/** The EXIT trap, once; gives the status that the shell ends with. */
export function* runExitTrap(shell: Shell, status: number): Blocking<number> {
  const command = shell.traps.get('EXIT')
  shell.traps.delete('EXIT')
  if (command === undefined || command === '') return status
  shell.status = status
  try {
    yield* runTrap(shell, command)
  } catch (thrown) {
    if (thrown instanceof Exit) return thrown.status
    throw thrown
  }
  return status
}

/** The ERR trap, for a command that failed where errexit would look. */
export function* runErrorTrap(shell: Shell): Blocking<void> {
  const command = shell.traps.get('ERR')
  if (command === undefined || command === '' || shell.isTrapRunning) return
  const isInFunction = shell.frames.some(frame => frame.kind === 'function')
  if (isInFunction && !shell.options.has('errtrace')) return
  shell.isTrapRunning = true
  const { command: failed } = shell
  try {
    shell.isCommandKept = true
    yield* runTrap(shell, command)
  } finally {
    shell.isCommandKept = false
    shell.isTrapRunning = false
    shell.command = failed
  }
}
