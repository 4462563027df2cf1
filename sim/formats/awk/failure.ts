/** What ends awk with status 2; the message goes behind its name. */
export class AwkFailure extends Error {
  override readonly name = 'AwkFailure'
  /** Whether it happened in a running program, which then says where it was. */
  readonly isAtRunTime: boolean

  constructor(message: string, isAtRunTime = false) {
    super(message)
    this.isAtRunTime = isAtRunTime
  }
}
