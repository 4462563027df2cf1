import type { NodeConfig } from '../config/node-config.ts'
import { type Host, HostError, type Reply, type SendOptions } from '../host/host.ts'
import { type BatchOutcome, batchOf, LOCK, outcomeOf } from './batch.ts'
import type { Facts } from './facts/index.ts'
import { describe, type Failure } from './failure.ts'
import { gather } from './gather.ts'
import type { Observer } from './observer.ts'
import type { Plan, Step } from './phase.ts'
import type { Check } from './verify.ts'

export interface RunOptions {
  /** Is told what happens, as it happens. */
  readonly observer?: Observer
  /** Gives up waiting for the host; what it was doing may go on there. */
  readonly signal?: AbortSignal
}

/** What came of a run. Nothing went wrong when `failures` is empty. */
export interface PlanReport {
  readonly failures: readonly Failure[]
  /** Undefined when the host could not be asked. */
  readonly plan?: Plan
}

export interface ApplyReport extends PlanReport {
  /** Whether the host may be another than before. */
  readonly hasChanged: boolean
  /** What was looked at afterwards; empty when it did not come to that. */
  readonly checks: readonly Check[]
}

export interface VerifyReport {
  readonly failures: readonly Failure[]
  readonly checks: readonly Check[]
}

/** Says what apply would do, and does nothing: one round trip. */
export async function plan(host: Host, config: NodeConfig, options: RunOptions = {}): Promise<PlanReport> {
  const run = new Run(host, config, options)
  return run.guarded({}, async () => {
    const { plan } = await run.plan()
    for (const step of plan.steps) run.tell({ event: 'step', step, outcome: 'planned' })
    return { plan, failures: plan.failures }
  })
}

/**
 * Makes the host a node. One round trip when it already is one; otherwise three: facts, all steps as one batch that
 * stops at the first failure, and facts again, of which the plan must be empty.
 */
export async function apply(host: Host, config: NodeConfig, options: RunOptions = {}): Promise<ApplyReport> {
  const run = new Run(host, config, options)
  return run.guarded({ hasChanged: false, checks: [] as readonly Check[] }, async () => {
    const { facts, plan } = await run.plan()
    if (plan.failures.length > 0) return { plan, failures: plan.failures, hasChanged: false, checks: [] }
    if (plan.steps.length === 0)
      return { plan, failures: [], hasChanged: false, checks: await run.check(facts) }
    const { failure, hasChanged } = await run.send(plan.steps, facts)
    if (failure !== undefined) return { plan, failures: [failure], hasChanged, checks: [] }
    const after = await run.gather(true)
    const { planSteps } = await planning()
    const failures = remaining(planSteps(after, config))
    return { plan, failures, hasChanged, checks: failures.length > 0 ? [] : await run.check(after) }
  })
}

/** Looks at everything that makes a host a node: one round trip. */
export async function verify(
  host: Host,
  config: NodeConfig,
  options: RunOptions = {},
): Promise<VerifyReport> {
  const run = new Run(host, config, options)
  return run.guarded({ checks: [] as readonly Check[] }, async () => ({
    failures: [],
    checks: await run.check(await run.gather(false)),
  }))
}

/** What is left to do when everything should be done. */
function remaining({ steps, failures }: Plan): readonly Failure[] {
  if (failures.length > 0) return failures
  return steps.length === 0 ? [] : [{ reason: 'not-converged', steps: steps.map(step => step.title) }]
}

/** Loaded while the host answers the first question: most of the engine, and what it reads TOML and YAML with. */
const planning = () => import('./plan.ts')
const verifying = () => import('./verify.ts')

/** One run against one host: sends, and tells the observer. */
class Run {
  readonly #host: Host
  readonly #config: NodeConfig
  readonly #options: RunOptions

  constructor(host: Host, config: NodeConfig, options: RunOptions) {
    this.#host = host
    this.#config = config
    this.#options = options
  }

  readonly tell: Observer = event => this.#options.observer?.(event)

  async gather(again: boolean): Promise<Facts> {
    this.tell({ event: 'gathering', host: this.#host.name, again })
    const facts = await gather(this.#host, this.#config, this.#sendOptions())
    const { osRelease, kernel } = facts
    this.tell({ event: 'gathered', host: this.#host.name, os: osRelease.prettyName, kernel: kernel.release })
    return facts
  }

  async plan(): Promise<{ facts: Facts; plan: Plan }> {
    const [facts, { planSteps }] = await Promise.all([this.gather(false), planning()])
    const plan = planSteps(facts, this.#config)
    for (const note of plan.notes) this.tell({ event: 'note', note })
    if (plan.failures.length === 0) this.tell({ event: 'planned', steps: plan.steps.length })
    return { facts, plan }
  }

  async send(steps: readonly Step[], facts: Facts): Promise<BatchOutcome> {
    this.tell({ event: 'applying', steps: steps.length })
    const batch = batchOf(steps, facts)
    const report = (replies: readonly Reply[]): BatchOutcome => {
      const outcome = outcomeOf(batch, replies)
      for (const { step, outcome: of } of outcome.steps) this.tell({ event: 'step', step, outcome: of })
      return outcome
    }
    const options = { ...this.#sendOptions(), stopAtFailure: true, lock: LOCK }
    try {
      return report(await this.#host.send(batch.requests, options))
    } catch (error) {
      if (error instanceof HostError) report(error.replies)
      throw error
    }
  }

  async check(facts: Facts): Promise<readonly Check[]> {
    const { verifyFacts } = await verifying()
    const checks = verifyFacts(facts, this.#config)
    for (const check of checks) this.tell({ event: 'check', check })
    return checks
  }

  /** Turns a transport that failed into a failure of the report, and tells of every failure. */
  async guarded<const Empty extends object, R extends { readonly failures: readonly Failure[] }>(
    empty: Empty,
    body: () => Promise<R>,
  ): Promise<R | (Empty & { readonly failures: readonly Failure[] })> {
    const report = await body().catch((error: unknown) => ({
      ...empty,
      failures: [this.#transportFailure(error)],
    }))
    for (const failure of report.failures) {
      this.tell({ event: 'failed', failure, description: describe(failure) })
    }
    return report
  }

  #transportFailure(error: unknown): Failure {
    if (!(error instanceof HostError)) throw error
    const host = this.#host.name
    if (this.#options.signal?.aborted) return { reason: 'interrupted', host }
    return { reason: 'host-unreachable', host, transport: error.reason, message: error.message }
  }

  #sendOptions(): SendOptions {
    return this.#options.signal === undefined ? {} : { signal: this.#options.signal }
  }
}
