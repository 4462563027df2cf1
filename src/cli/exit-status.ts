/** What the command ends with; 64 and 70 are those of sysexits.h. */
export const EXIT = {
  /** Done, or nothing to do. */
  ok: 0,
  failed: 1,
  /** `plan` only: there is something to do. */
  changes: 2,
  /** The command line, or the configuration file, is wrong. */
  usage: 64,
  /** The simulator was asked for what it does not model. */
  unsimulated: 70,
} as const

/** A mistake of the operator: said in one line, without a stack. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError'
  readonly exitStatus: number

  constructor(message: string, exitStatus: number = EXIT.failed) {
    super(message)
    this.exitStatus = exitStatus
  }
}
