/** An `error` value of a Go program: what it prints, and what `%w` wraps. */
export class GoError extends Error {
  override readonly name: string = 'GoError'

  /** `fmt.Errorf("prefix: %w", error)`. */
  wrap(prefix: string): GoError {
    return new GoError(`${prefix}: ${this.message}`)
  }
}

/**
 * A panic that nothing recovers: the Go runtime prints it with the stacks of all goroutines and exits with status 2.
 * `message` is what stands between `panic: ` and the first goroutine.
 */
export class GoPanic extends Error {
  override readonly name = 'GoPanic'
}
