/**
 * `modelled`: the simulator does what it says, as far as its words tell. `refused`: a real host refuses the words, and so
 * does the simulator. `absent`: no such program, status 127. `unknown`: only running it tells. `unmodelled`: running it
 * is `Unsimulated`.
 */
export type Verdict = 'modelled' | 'refused' | 'absent' | 'unknown' | 'unmodelled'

/** What can be said of one command, or of one construct, of a script. */
export interface Finding {
  readonly line: number
  readonly kind: 'builtin' | 'function' | 'program' | 'construct' | 'command'
  /** The name of the command, or the construct as a person calls it. */
  readonly name: string
  readonly verdict: Verdict
  /** Of all but what is modelled: in a few words. */
  readonly reason?: string
}
