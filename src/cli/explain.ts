import { CommanderError } from 'commander'
import { HostError, Unsimulated } from '../host/host.ts'
import { UnknownHost } from '../hosts.ts'
import { EXIT, OperatorError } from './exit-status.ts'
import type { Terminal } from './terminal.ts'

/**
 * Errors that an operator can cause become a line and an exit status; what is left is our bug and is thrown on.
 * `host` is whose error it is, where that is known.
 */
export function explain(error: unknown, terminal: Terminal, host?: string): number {
  // Commander has said it itself.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  const [message, exitStatus] = wordsFor(error, terminal)
  complainOf(message, terminal, host)
  return exitStatus
}

/** Says what went wrong on standard error; a line that is indented goes with the one before it. */
export function complainOf(message: string, terminal: Terminal, host?: string): void {
  const prefix = `seatrial: ${host === undefined ? '' : `${host}: `}`
  for (const line of message.split('\n')) terminal.complain(`${line.startsWith(' ') ? '' : prefix}${line}\n`)
}

function wordsFor(error: unknown, terminal: Terminal): readonly [message: string, exitStatus: number] {
  if (error instanceof OperatorError) return [error.message, error.exitStatus]
  if (error instanceof UnknownHost) return [error.message, EXIT.usage]
  if (error instanceof Unsimulated)
    return [`${error.message}: what a real host would do is not known`, EXIT.unsimulated]
  if (!(error instanceof HostError)) throw error
  return [terminal.signal.aborted ? INTERRUPTED : error.message, EXIT.failed]
}

const INTERRUPTED = 'interrupted; what was under way may go on on the host'
