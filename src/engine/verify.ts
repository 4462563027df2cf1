import type { NodeConfig } from '../config/node-config.ts'
import { checks } from './checks/index.ts'
import type { Facts } from './facts/index.ts'

/** One thing that a careful operator would look at, in one line. */
export interface Check {
  /** As a claim: `overlay is there`. */
  readonly name: string
  /** `skipped`: it does not apply to this host. */
  readonly verdict: 'pass' | 'fail' | 'skipped'
  /** What was seen. */
  readonly evidence: string
}

/** Everything that makes the host a node, looked at one by one. Pure. */
export const verifyFacts = (facts: Facts, config: NodeConfig): readonly Check[] =>
  checks.flatMap(check => check(facts, config))
