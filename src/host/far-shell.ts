import { type ChildProcess, spawn } from 'node:child_process'
import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'

/** The streams of a shell on the far side, however they travel. */
export interface FarShell {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves once both outputs have ended, whatever the reason; rejects where the way there could not be started. */
  readonly ended: Promise<void>
  /** No longer waits for it. What the far side was told may go on. */
  abandon(): void
  /** Ends the way there at once. */
  kill(): void
  /**
   * Told `false` while there is nothing to do, when the shell must not keep this process from ending. Where it is
   * missing the shell takes one batch, and may wait for the end of `stdin` before it does.
   */
  hold?(isHeld: boolean): void
}

/** A far shell whose streams are those of a program of this machine. */
export function startProgram(argv: readonly [string, ...string[]]): FarShell {
  const [program, ...rest] = argv
  // In a session of its own: Ctrl-C is ours to answer, and must not end a batch halfway.
  const child = spawn(program, rest, { stdio: 'pipe', detached: true })
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve())
  })
  const { stdin, stdout, stderr } = child
  const hold = holding(child, [stdin, stdout, stderr])
  return {
    stdin,
    stdout,
    stderr,
    ended,
    abandon: () => child.unref(),
    kill: () => child.kill('SIGKILL'),
    hold,
  }
}

/** `hold` of a shell whose streams are pipes of a program. */
export const holding =
  (child: ChildProcess, pipes: readonly (Readable | Writable)[]) =>
  (isHeld: boolean): void => {
    const sockets = pipes.filter(pipe => pipe instanceof Socket)
    for (const one of [child, ...sockets]) one[isHeld ? 'ref' : 'unref']()
  }
