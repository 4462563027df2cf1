import type { NodeConfig } from '../config/node-config.ts'
import type { Request } from '../host/host.ts'
import type { Facts } from './facts/index.ts'
import type { Failure } from './failure.ts'

/**
 * One part of the work. `plan` is a pure function: it sees what the host is and what it should be, and says in data
 * what would make the difference. A host that is as it should be gives no steps.
 */
export interface Phase {
  readonly name: string
  plan(facts: Facts, config: NodeConfig): PhasePlan
}

export interface PhasePlan {
  readonly steps: readonly Step[]
  /** What the operator should know although nothing is wrong: what was decided and why, what was accepted. */
  readonly notes: readonly string[]
  /** Why the phase cannot do its work; nothing at all is applied while there is one. */
  readonly failures: readonly Failure[]
}

/** A change of the host that makes sense alone: what a person sees as one line of the plan. */
export interface Step {
  readonly phase: string
  /** In the imperative: `load the kernel module overlay`. */
  readonly title: string
  readonly requests: readonly Request[]
  readonly diff?: FileDiff
}

/** A file before (undefined: there is none) and after. */
export interface FileDiff {
  readonly path: string
  readonly before: string | undefined
  readonly after: string
}

export interface Note {
  readonly phase: string
  readonly text: string
}

/** What all the phases together would do, in order. */
export interface Plan {
  readonly steps: readonly Step[]
  readonly notes: readonly Note[]
  readonly failures: readonly Failure[]
}

/** A phase that has nothing to do, with what it found worth saying. */
export const nothingToDo = (...notes: readonly string[]): PhasePlan => ({ steps: [], notes, failures: [] })

/** A phase that cannot do its work. */
export const cannotPlan = (...failures: readonly Failure[]): PhasePlan => ({ steps: [], notes: [], failures })
