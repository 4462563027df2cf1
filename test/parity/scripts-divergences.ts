import type { Environment } from './scripts.ts'

/** A script that is known to be answered otherwise. One that comes to agree fails the test: its row has to go. */
export interface ScriptDivergence {
  readonly script: string
  /** Where it disagrees. */
  readonly environments: readonly Environment[]
  readonly verdict: 'intended' | 'not-modelled' | 'bug'
  readonly reason: string
}

const DIVERGENCES: readonly ScriptDivergence[] = []

/** The row of a script in an environment. */
export const divergenceOf = (environment: Environment, title: string): ScriptDivergence | undefined =>
  DIVERGENCES.find(row => row.script === title && row.environments.includes(environment))

/** Rows that name a script that there is not. */
export const strayDivergences = (titles: ReadonlySet<string>): readonly ScriptDivergence[] =>
  DIVERGENCES.filter(row => !titles.has(row.script))
