import type { Child, Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'

/** The background jobs of a shell, and the statuses of those that have ended. */
export class Jobs {
  readonly #children = new Map<number, Child>()
  /** `$!` */
  lastPid: number | undefined

  add(child: Child | undefined): void {
    if (child === undefined) return
    this.#children.set(child.pid, child)
    this.lastPid = child.pid
  }

  /** A process substitution: `$!` names it, and `wait PID` knows it. */
  get(pid: number): Child | undefined {
    return this.#children.get(pid)
  }

  get pids(): readonly number[] {
    return [...this.#children.keys()]
  }

  forget(pid: number): void {
    this.#children.delete(pid)
  }

  get running(): readonly Child[] {
    return [...this.#children.values()].filter(
      child => child.exitCode === undefined && child.thrown === undefined,
    )
  }

  /** A job that met something that is not simulated ends its shell too. */
  rethrow(): void {
    for (const child of this.#children.values()) if (child.thrown !== undefined) throw child.thrown
  }
}

/**
 * Waits for a child; a signal that the shell catches ends it earlier, with undefined, where `isInterruptible`.
 */
export function* waitFor(
  process: Process,
  child: Child,
  isInterruptible: boolean,
): Blocking<number | undefined> {
  const isOver = (): boolean => child.exitCode !== undefined || child.thrown !== undefined
  const isWoken = (): boolean => isInterruptible && process.pendingSignals.some(signal => signal !== 'CHLD')
  for (;;) {
    if (isWoken()) return undefined
    if (isOver()) break
    yield { isReady: () => isOver() || isWoken() }
  }
  return yield* child.wait()
}
