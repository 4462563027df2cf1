import type { Pid1 } from './pid1.ts'
import type { SystemdState } from './state.ts'

/** The time limits of services, and their waiting for a restart: alarms of the scheduler. */
export class Timers {
  readonly #pid1: Pid1
  #next: { readonly runtimes: SystemdState['runtimes']; readonly nextNs: number } | undefined

  constructor(pid1: Pid1) {
    this.#pid1 = pid1
  }

  /** Asked at every step of the scheduler, so kept as long as nothing changes. */
  nextNs(): number {
    const { runtimes } = this.#pid1.parts.cell.value
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
    for (const [id, { timerNs }] of cell.value.runtimes)
      if (timerNs !== undefined && timerNs <= now)
        this.#pid1.events.post(() => this.#pid1.processes.service(id)?.timerElapsed())
  }
}
