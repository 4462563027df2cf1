import type { NodeConfig } from '../config/node-config.ts'
import type { Facts } from './facts/index.ts'
import type { Failure } from './failure.ts'
import type { Plan } from './phase.ts'
import { phases } from './phases/index.ts'

/** What would make a host a node. Pure: the same facts and configuration give the same plan, and nothing is run. */
export function planSteps(facts: Facts, config: NodeConfig): Plan {
  const plans = phases.map(phase => ({ name: phase.name, ...phase.plan(facts, config) }))
  return {
    steps: plans.flatMap(plan => plan.steps),
    notes: plans.flatMap(({ name, notes }) => notes.map(text => ({ phase: name, text }))),
    failures: [...notRoot(facts), ...plans.flatMap(plan => plan.failures)],
  }
}

const notRoot = ({ user }: Facts): readonly Failure[] =>
  user.uid === '0' ? [] : [{ reason: 'not-root', user: user.uid }]
