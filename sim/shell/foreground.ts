import type { Child } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { waitFor } from './jobs.ts'
import type { Shell } from './shell.ts'
import { runPendingTraps } from './traps.ts'

/** Waits for a child in the foreground; a signal that ends the shell does not wait for it. */
export function* waitForChild(shell: Shell, child: Child): Blocking<number> {
  for (;;) {
    const status = yield* waitFor(shell.process, child, shell.isBash && shell.traps.has('EXIT'))
    if (status !== undefined) return reportDeath(shell, child, status)
    yield* runPendingTraps(shell)
  }
}

const SILENT = ['INT', 'PIPE', 'TERM']

/** strsignal(3), of the signals that end a process. */
export const DEATHS: Readonly<Record<string, string>> = {
  HUP: 'Hangup',
  QUIT: 'Quit',
  KILL: 'Killed',
  USR1: 'User defined signal 1',
  USR2: 'User defined signal 2',
  ALRM: 'Alarm clock',
  TERM: 'Terminated',
  ABRT: 'Aborted',
  SEGV: 'Segmentation fault',
}

/** A child that a signal ended is told of on standard error: bash is silent about some, dash about fewer. */
function reportDeath(shell: Shell, child: Child, status: number): number {
  const signal = child.process.terminatedBy
  if (signal === undefined || shell.isPipeElement) return status
  const words = DEATHS[signal]
  const text = shell.statementText
  if (words === undefined || (shell.isBash && SILENT.includes(signal))) return status
  if (!shell.isBash) shell.process.complain(`${words}\n`)
  else shell.complain(`${String(child.pid).padStart(5)} ${words.padEnd(23)} ${text}`)
  return status
}
