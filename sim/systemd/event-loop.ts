/** PID 1 works on one thing after the other, each to its end; what happens meanwhile waits. */
export class EventLoop {
  readonly #runJobs: () => void
  readonly #events: (() => void)[] = []
  #isBusy = false

  /** `runJobs`: the run queue, which has the lowest priority of PID 1's event sources. */
  constructor(runJobs: () => void) {
    this.#runJobs = runJobs
  }

  /** A request, and all that follows from it. */
  work<T>(request: () => T): T {
    if (this.#isBusy) return request()
    this.#isBusy = true
    try {
      const result = request()
      do {
        for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) event()
        this.#runJobs()
      } while (this.#events.length > 0)
      return result
    } finally {
      this.#isBusy = false
    }
  }

  /** Something happened: worked on now, or when there is time. */
  post(event: () => void): void {
    this.#events.push(event)
    if (!this.#isBusy) this.work(() => undefined)
  }
}
