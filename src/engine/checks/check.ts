import type { NodeConfig } from '../../config/node-config.ts'
import type { Facts } from '../facts/index.ts'
import type { Check } from '../verify.ts'

/** Looks at one side of a host. */
export type Checker = (facts: Facts, config: NodeConfig) => readonly Check[]

/** A check that passes or fails. */
export const check = (name: string, passes: boolean, evidence: string): Check => ({
  name,
  verdict: passes ? 'pass' : 'fail',
  evidence,
})

/** A check that does not apply. */
export const skipped = (name: string, evidence: string): Check => ({ name, verdict: 'skipped', evidence })
