/** A real environment cannot be had on this machine; the message is one sentence that says what is missing. */
export class EnvironmentMissing extends Error {
  override readonly name = 'EnvironmentMissing'
}
