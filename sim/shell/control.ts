import type { Program } from '../process.ts'

// Ways out of the middle of a script. They are thrown and are no errors: nothing went wrong, and no stack is wanted.

/** `break N` and `continue N`, on their way to their loop. */
export class LoopJump {
  readonly kind: 'break' | 'continue'
  levels: number

  constructor(kind: 'break' | 'continue', levels: number) {
    this.kind = kind
    this.levels = levels
  }
}

/** `return`, on its way to the function or the sourced file. */
export class Return {
  readonly status: number

  constructor(status: number) {
    this.status = status
  }
}

/** The shell ends: `exit`, errexit, or an error that ends a shell. The EXIT trap is still to come. */
export class Exit {
  readonly status: number

  constructor(status: number) {
    this.status = status
  }
}

/** An error in an expansion: bash gives up the rest of the line and goes on behind it (DISCARD in its sources). */
export class Discard {
  readonly status: number

  constructor(status: number) {
    this.status = status
  }
}

/** `exec PROGRAM` succeeded: the shell is no more, its process goes on as `program`. */
export class Replaced {
  readonly program: Program

  constructor(program: Program) {
    this.program = program
  }
}

/** SIGINT reached a shell that somebody types into: it gives up all that it was executing, and asks for the next line. */
export class Interrupted {
  readonly status = 130
}
