import { CommanderError } from 'commander'
import type { ReportFailure } from '../format/report.ts'
import { HostError, Unsimulated } from '../host/host.ts'
import { UnknownHost } from '../hosts.ts'
import { EXIT, OperatorError } from './exit-status.ts'
import type { Terminal } from './terminal.ts'
import { visible } from './visible.ts'

/**
 * Errors that an operator can cause become a line and an exit status; what is left is our bug and is thrown on.
 * `host` is whose error it is, where that is known.
 */
export function explain(error: unknown, terminal: Terminal, host?: string): number {
  // Commander has said it itself.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  const words = wordsFor(error, terminal)
  if (words === undefined) throw error
  complainOf(words.description, terminal, host)
  return words.exitStatus
}

/** Says what went wrong on standard error; a line that is indented goes with the one before it. */
export function complainOf(message: string, terminal: Terminal, host?: string): void {
  const prefix = `seatrial: ${host === undefined ? '' : `${visible(host)}: `}`
  for (const line of visible(message).split('\n'))
    terminal.complain(`${line.startsWith(' ') ? '' : prefix}${line}\n`)
}

/** What to say of an error that an operator can cause; undefined for what is our bug. */
export function wordsFor(
  error: unknown,
  terminal: Terminal,
): (ReportFailure & { exitStatus: number }) | undefined {
  if (error instanceof OperatorError)
    return { reason: 'host-error', description: error.message, exitStatus: error.exitStatus }
  if (error instanceof UnknownHost)
    return { reason: 'host-error', description: error.message, exitStatus: EXIT.usage }
  if (error instanceof Unsimulated) {
    const description = `${error.message}: what a real host would do is not known`
    return { reason: 'unsimulated', description, exitStatus: EXIT.unsimulated }
  }
  if (!(error instanceof HostError)) return undefined
  const description = terminal.signal.aborted ? INTERRUPTED : error.message
  return { reason: 'host-error', description, exitStatus: EXIT.failed }
}

const INTERRUPTED = 'interrupted; what was under way may go on on the host'
