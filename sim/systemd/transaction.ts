import { Unsimulated } from '../../src/host/host.ts'
import type { JobRefusal, JobVerb } from '../bus.ts'
import type { DependencyGraph } from './graph.ts'
import {
  isActiveOrActivating,
  isActiveOrReloading,
  isInactiveOrFailed,
  type JobType,
  type UnitConfig,
  type UnitRuntime,
} from './state.ts'

/** What a transaction asks of the units. */
export interface TransactionUnits {
  readonly graph: DependencyGraph
  config(name: string): UnitConfig
  runtime(id: string): UnitRuntime
  hasJob(id: string): boolean
}

/** A job as a transaction plans it. */
export interface PlannedJob {
  readonly unit: string
  readonly type: JobType
}

/** Thrown inside a transaction: the request is refused as a whole. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly refusal: JobRefusal

  constructor(error: JobRefusal['error'], unit: string) {
    super(`${error} ${unit}`)
    this.refusal = { error, unit }
  }
}

interface Draft {
  readonly type: JobType
  /** Whether the request makes no sense without it. */
  readonly matters: boolean
}

/**
 * transaction_add_job_and_dependencies() of src/core/transaction.c: what one request brings along. What is so already is
 * left out, and what only that would have brought: a start does not try again what an active target wanted in vain.
 */
export class Transaction {
  readonly #units: TransactionUnits
  readonly #drafts = new Map<string, Draft>()
  /** What was there before each change, so that a part of the plan can be taken back. */
  readonly #changes: { readonly unit: string; readonly before: Draft | undefined }[] = []

  constructor(units: TransactionUnits) {
    this.#units = units
  }

  /** Throws `Refused`. The job that was asked for is there even if it changes nothing. */
  plan(verb: JobVerb, name: string): readonly PlannedJob[] {
    const { id } = this.#units.config(name)
    const type = this.#collapse(verb, id)
    if (type === undefined) return []
    this.#put(id, { type, matters: true })
    this.#validate(type, this.#units.config(id))
    this.#addDependencies(type, id)
    return [...this.#drafts].map(([unit, draft]) => ({ unit, type: draft.type }))
  }

  /** job_type_collapse(): undefined is nothing to do. */
  #collapse(verb: JobVerb, id: string): JobType | undefined {
    const { activeState } = this.#units.runtime(id)
    const config = this.#units.config(id)
    if (verb === 'try-restart') {
      this.#validate('restart', config)
      return isActiveOrActivating(activeState) ? 'restart' : undefined
    }
    if (verb === 'reload-or-try-restart') {
      this.#validate('restart', config)
      if (!isActiveOrActivating(activeState)) return undefined
      return canReload(config) ? 'reload' : 'restart'
    }
    if (verb !== 'reload-or-restart') return verb
    if (!isActiveOrReloading(activeState)) return 'start'
    return canReload(config) ? 'reload' : 'restart'
  }

  #add(type: JobType, name: string, matters: boolean): void {
    const config = this.#units.config(name)
    const { id } = config
    this.#validate(type, config)
    const known = this.#drafts.get(id)
    if (known !== undefined) {
      if (!this.#merge(id, known, { type, matters })) return
    } else if (this.#isRedundant({ unit: id, type }) && !this.#units.hasJob(id)) return
    else this.#put(id, { type, matters })
    this.#addDependencies(type, id)
  }

  #put(unit: string, draft: Draft): void {
    this.#changes.push({ unit, before: this.#drafts.get(unit) })
    this.#drafts.set(unit, draft)
  }

  /** Whether the merged job is another than the one there was. */
  #merge(id: string, known: Draft, added: Draft): boolean {
    const merged = mergeTypes(known.type, added.type)
    if (merged === undefined && !added.matters) return false
    if (merged === undefined && known.matters)
      throw new Unsimulated('systemd', `contradicting jobs for ${id} in one transaction`)
    const type = merged ?? added.type
    const matters = known.matters || added.matters
    if (type !== known.type || matters !== known.matters) this.#put(id, { type, matters })
    return type !== known.type
  }

  #addDependencies(type: JobType, id: string): void {
    const { graph } = this.#units
    if (type === 'start' || type === 'restart') {
      for (const other of graph.of(id, 'Requires', 'BindsTo')) this.#add('start', other, true)
      for (const other of graph.of(id, 'Wants', 'Upholds')) this.#tryAdd('start', other)
      for (const other of graph.of(id, 'Requisite')) this.#add('verify-active', other, true)
      for (const other of graph.of(id, 'Conflicts')) if (this.#isUp(other)) this.#add('stop', other, true)
      for (const other of graph.by(id, 'Conflicts')) if (this.#isUp(other)) this.#tryAdd('stop', other)
    }
    const dependents = graph.by(id, 'Requires', 'Requisite', 'BindsTo', 'PartOf')
    if (type === 'stop') for (const other of dependents) if (this.#isUp(other)) this.#add('stop', other, true)
    if (type === 'restart')
      for (const other of dependents)
        if (isActiveOrActivating(this.#units.runtime(other).activeState)) this.#add('restart', other, true)
    if (type === 'reload')
      for (const other of graph.of(id, 'PropagatesReloadTo'))
        if (isActiveOrReloading(this.#units.runtime(other).activeState)) this.#tryAdd('reload', other)
  }

  /** A unit that is only wanted may be missing, masked or broken. */
  #tryAdd(type: JobType, id: string): void {
    const { loadState } = this.#units.config(id)
    if (type === 'start' && loadState !== 'loaded') return
    const mark = this.#changes.length
    try {
      this.#add(type, id, false)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      for (const { unit, before } of this.#changes.splice(mark).reverse())
        if (before === undefined) this.#drafts.delete(unit)
        else this.#drafts.set(unit, before)
    }
  }

  #isUp(id: string): boolean {
    return !isInactiveOrFailed(this.#units.runtime(id).activeState) || this.#units.hasJob(id)
  }

  /** bus_unit_validate_load_state() and unit_job_is_applicable(). */
  #validate(type: JobType, config: UnitConfig): void {
    const { id, loadState } = config
    if (type !== 'stop') {
      if (loadState === 'not-found') throw new Refused('NoSuchUnit', id)
      if (loadState === 'masked') throw new Refused('UnitMasked', id)
      if (loadState === 'bad-setting') throw new Refused('BadUnitSetting', id)
      if (loadState === 'error') throw new Refused('LoadFailed', id)
    }
    if (type === 'reload' && !canReload(config)) throw new Refused('JobTypeNotApplicable', id)
  }

  /** job_type_is_redundant(). */
  #isRedundant({ unit, type }: PlannedJob): boolean {
    const { activeState } = this.#units.runtime(unit)
    if (type === 'start' || type === 'verify-active') return isActiveOrReloading(activeState)
    return type === 'stop' && isInactiveOrFailed(activeState)
  }
}

export const canReload = (config: UnitConfig): boolean =>
  (config.service?.commands.ExecReload.length ?? 0) > 0 ||
  (config.dependencies.PropagatesReloadTo?.length ?? 0) > 0

/** job_merging_table of src/core/job.c; undefined: the two contradict each other. */
export function mergeTypes(a: JobType, b: JobType): JobType | undefined {
  if (a === b) return a
  const both = [a, b]
  if (both.includes('stop')) return undefined
  if (both.includes('restart')) return 'restart'
  if (both.includes('start')) return 'start'
  return 'reload'
}
