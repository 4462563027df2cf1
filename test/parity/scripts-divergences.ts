import { readFileSync } from 'node:fs'
import { array, parse as check, type InferOutput, object, picklist, pipe, regex, string } from 'valibot'
import { parse } from 'yaml'
import type { Environment } from './scripts.ts'

const Divergences = array(
  object({
    script: string(),
    /** `container-debian-12`: where it disagrees. */
    environments: array(pipe(string(), regex(/^(container|vm)-debian-\d+$/))),
    verdict: picklist(['intended', 'not-modelled', 'bug']),
    reason: pipe(string(), regex(/\S/)),
  }),
)

/** A script that is known to be answered otherwise. One that comes to agree fails the test: its row has to go. */
export type ScriptDivergence = InferOutput<typeof Divergences>[number]

const DIVERGENCES: readonly ScriptDivergence[] = check(
  Divergences,
  parse(readFileSync(new URL('scripts/divergences.yaml', import.meta.url), 'utf8')),
)

/** The row of a script in an environment. */
export const divergenceOf = (environment: Environment, title: string): ScriptDivergence | undefined =>
  DIVERGENCES.find(row => row.script === title && row.environments.includes(environment))

/** Rows that name a script that there is not. */
export const strayDivergences = (titles: ReadonlySet<string>): readonly ScriptDivergence[] =>
  DIVERGENCES.filter(row => !titles.has(row.script))
