/** Where a piece of state lives: the machine's one reference, seen through a lens. */
export interface Cell<T> {
  value: T
}

/** Time as a value, nanoseconds. Numbers hold a year of them exactly. */
export interface ClockState {
  /** Since boot. */
  readonly monotonicNs: number
  /** Seconds since the epoch when the machine booted. */
  readonly bootSeconds: number
}

/** The machine's clocks; only the scheduler and the cost of system calls move them. */
export class Clock {
  readonly #cell: Cell<ClockState>

  constructor(cell: Cell<ClockState>) {
    this.#cell = cell
  }

  /** CLOCK_MONOTONIC, nanoseconds since boot. */
  get monotonicNs(): number {
    return this.#cell.value.monotonicNs
  }

  /** CLOCK_REALTIME, seconds since the epoch with a fraction. */
  get realtimeSeconds(): number {
    const { bootSeconds, monotonicNs } = this.#cell.value
    return bootSeconds + monotonicNs / 1e9
  }

  advanceTo(monotonicNs: number): void {
    if (monotonicNs > this.monotonicNs) this.#cell.value = { ...this.#cell.value, monotonicNs }
  }

  advance(durationNs: number): void {
    this.advanceTo(this.monotonicNs + durationNs)
  }
}
