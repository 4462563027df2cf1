import type { Pid1 } from './pid1.ts'
import type { SystemdState } from './state.ts'

/** The time limits of services, their waiting for a restart, and the machine's end: alarms of the scheduler. */
export class Timers {
  readonly #pid1: Pid1
  #next: { readonly runtimes: SystemdState['runtimes']; readonly nextNs: number } | undefined

  constructor(pid1: Pid1) {
    this.#pid1 = pid1
  }

  /** Asked at every step of the scheduler, so kept as long as nothing changes. */
  nextNs(): number {
    const { runtimes, shutdown } = this.#pid1.parts.cell.value
    const nextNs = this.#nextOf(runtimes)
    return shutdown?.isReached === false ? Math.min(nextNs, shutdown.atNs) : nextNs
  }

  #nextOf(runtimes: SystemdState['runtimes']): number {
    if (this.#next?.runtimes === runtimes) return this.#next.nextNs
    let nextNs = Number.POSITIVE_INFINITY
    runtimes.forEach(({ timerNs }) => {
      if (timerNs !== undefined && timerNs < nextNs) nextNs = timerNs
    })
    this.#next = { runtimes, nextNs }
    return nextNs
  }

  ring(): void {
    const { cell, system } = this.#pid1.parts
    const now = system.clock.monotonicNs
    const { shutdown } = cell.value
    if (shutdown?.isReached === false && shutdown.atNs <= now)
      cell.value = { ...cell.value, shutdown: { ...shutdown, isReached: true } }
    for (const [id, { timerNs }] of cell.value.runtimes)
      if (timerNs !== undefined && timerNs <= now)
        this.#pid1.events.post(() => this.#pid1.processes.service(id)?.timerElapsed())
  }
}
