/** A step whose answer is known not to be the recorded one. A row whose step agrees fails the test: it has to go. */
export interface Divergence {
  readonly environment: string
  readonly case: string
  /** Counted from 1, among the steps of the case that are commands. */
  readonly step: number
  readonly verdict: 'intended' | 'not-modelled' | 'bug'
  readonly reason: string
}

const DIVERGENCES: readonly Divergence[] = []

/** The rows of one case. */
export const divergencesOf = (environment: string, title: string): readonly Divergence[] =>
  DIVERGENCES.filter(row => row.environment === environment && row.case === title)
