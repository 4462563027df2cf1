/** Time as the command sees it; tests bring their own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls again and again until the function that it gives is called. Does not keep the process alive. */
  every(intervalMs: number, tick: () => void): () => void
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  every(intervalMs, tick) {
    const timer = setInterval(tick, intervalMs)
    timer.unref()
    return () => clearInterval(timer)
  },
}
