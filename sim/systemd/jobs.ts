import type { JobRefusal, JobResult, JobVerb } from '../bus.ts'
import type { SystemdRelease } from '../formats/systemd-release.ts'
import type { UnmetCondition } from './conditions.ts'
import type { Outcome } from './service-context.ts'
import {
  type ActiveState,
  type InstalledJob,
  isActiveOrReloading,
  isInactiveOrFailed,
  type JobType,
} from './state.ts'
import { mergeTypes, type PlannedJob, Refused, Transaction, type TransactionUnits } from './transaction.ts'

/** What the jobs ask of the manager. */
export interface JobHost extends TransactionUnits {
  readonly release: SystemdRelease
  readonly installed: ReadonlyMap<string, InstalledJob>
  install(job: Omit<InstalledJob, 'id'>): InstalledJob
  uninstall(unit: string): void
  replace(job: InstalledJob): void
  /** unit_start(), unit_stop(), unit_reload(). */
  perform(type: 'start' | 'stop' | 'reload', unit: string): Outcome
  /** What kept the unit from starting, when its last start was skipped. */
  unmet(unit: string): UnmetCondition | undefined
  /** `NAME - DESCRIPTION`. */
  title(unit: string): string
  say(unit: string, message: string, priority?: number): void
}

/** src/core/job.c: what is to be done, in what order, and what comes of it. */
export class JobEngine {
  readonly #host: JobHost
  /** Results of jobs that somebody waits for. */
  readonly #results = new Map<number, JobResult>()
  /** Units whose job has to be tried again, when something has changed. */
  readonly #held = new Set<string>()
  /** What each waiting job was last seen to wait for. */
  readonly #blockers = new Map<string, Blocker>()

  constructor(host: JobHost) {
    this.#host = host
  }

  /** The id of the job that was asked for; undefined when there was nothing to do. */
  enqueue(verb: JobVerb, name: string): number | JobRefusal | undefined {
    const { id } = this.#host.config(name)
    let planned: readonly PlannedJob[]
    try {
      planned = new Transaction(this.#host).plan(verb, id)
    } catch (error) {
      if (error instanceof Refused) return error.refusal
      throw error
    }
    for (const job of planned) this.#install(job)
    return this.#host.installed.get(id)?.id
  }

  result(id: number): JobResult | undefined {
    return this.#results.get(id)
  }

  /** Runs what can be run, in the order of unit names, until nothing can. */
  run(): void {
    for (let next = this.#nextRunnable(); next !== undefined; next = this.#nextRunnable()) this.#perform(next)
  }

  /** unit_process_job(): what a new state means for the job of the unit. True when no job asked for it. */
  process(unit: string, state: ActiveState, isReloadFailed: boolean): boolean {
    this.#held.delete(unit)
    const job = this.#host.installed.get(unit)
    if (job === undefined) return true
    if (job.type === 'start' || job.type === 'verify-active') {
      if (isActiveOrReloading(state)) this.finish(job, 'done')
      else if (job.isRunning && state !== 'activating') {
        if (isInactiveOrFailed(state)) this.finish(job, state === 'failed' ? 'failed' : 'done')
        return true
      }
    } else if (job.type === 'reload') {
      if (job.isRunning && state === 'active') this.finish(job, isReloadFailed ? 'failed' : 'done')
      else if (job.isRunning && state !== 'activating' && state !== 'reloading') {
        if (isInactiveOrFailed(state)) this.finish(job, state === 'failed' ? 'failed' : 'done')
        return true
      }
    } else if (isInactiveOrFailed(state)) this.finish(job, 'done')
    else if (job.isRunning && state !== 'deactivating') {
      this.finish(job, 'failed')
      return true
    }
    return false
  }

  /** job_finish_and_invalidate(). */
  finish(job: InstalledJob, result: JobResult, isSilent = false): void {
    if (!isSilent) this.#sayDone(job, result)
    this.#held.clear()
    if (job.type === 'restart' && result === 'done') {
      this.#host.replace({ ...job, type: 'start', isRunning: false })
      return
    }
    this.#host.uninstall(job.unit)
    this.#results.set(job.id, result)
    const { graph } = this.#host
    if (job.type === 'start' || job.type === 'verify-active') {
      if (result !== 'done') this.#failDependents(graph.by(job.unit, 'Requires', 'Requisite', 'BindsTo'))
      else if (!isActiveOrReloading(this.#host.runtime(job.unit).activeState))
        this.#failDependents(graph.by(job.unit, 'Requisite'))
    }
    if (result === 'timeout' || result === 'dependency')
      this.#host.say(job.unit, `${job.unit}: Job ${job.unit}/${job.type} failed with result '${result}'.`, 5)
  }

  #failDependents(units: readonly string[]): void {
    for (const unit of units) {
      const job = this.#host.installed.get(unit)
      if (job !== undefined && (job.type === 'start' || job.type === 'verify-active'))
        this.finish(job, 'dependency')
    }
  }

  /** job_install(): a unit has one job; a contradicting one takes its place. */
  #install({ unit, type }: PlannedJob): void {
    this.#held.clear()
    const known = this.#host.installed.get(unit)
    if (known === undefined) {
      this.#host.install({ unit, type, isRunning: false })
      return
    }
    const merged = mergeTypes(known.type, type)
    if (merged === undefined) {
      this.finish(known, 'canceled', true)
      this.#host.install({ unit, type, isRunning: false })
    } else if (merged !== known.type)
      this.#host.replace({ ...known, type: merged, isRunning: known.isRunning && merged !== 'restart' })
    else if (known.isRunning && type !== 'start' && type !== 'stop')
      this.#host.replace({ ...known, isRunning: false })
  }

  #nextRunnable(): InstalledJob | undefined {
    let first: InstalledJob | undefined
    for (const job of this.#host.installed.values()) {
      if (job.isRunning || this.#held.has(job.unit)) continue
      if (first !== undefined && !comesBefore(job.unit, first.unit)) continue
      if (this.#isRunnable(job)) first = job
    }
    return first
  }

  /** job_is_runnable(): starts wait for what comes before, stops for what comes after; any stop goes first. */
  #isRunnable({ unit, type }: InstalledJob): boolean {
    const known = this.#blockers.get(unit)
    if (known !== undefined && this.#isBlocked(type, known)) return false
    const { graph } = this.#host
    const blocker =
      findBlocker(graph.after(unit), true, each => this.#isBlocked(type, each)) ??
      findBlocker(graph.before(unit), false, each => this.#isBlocked(type, each))
    if (blocker === undefined) this.#blockers.delete(unit)
    else this.#blockers.set(unit, blocker)
    return blocker === undefined
  }

  #isBlocked(type: JobType, { id, isBefore }: Blocker): boolean {
    const other = this.#host.installed.get(id)
    if (other === undefined) return false
    return isBefore ? !isStop(type) : isStop(other.type)
  }

  #perform(job: InstalledJob): void {
    const running = { ...job, isRunning: true }
    this.#host.replace(running)
    if (job.type === 'verify-active') {
      const { activeState } = this.#host.runtime(job.unit)
      if (isActiveOrReloading(activeState)) this.finish(running, 'done', true)
      else if (activeState === 'activating') this.#hold(running)
      else this.finish(running, 'skipped')
      return
    }
    const action = job.type === 'restart' ? 'stop' : job.type
    const outcome = this.#host.perform(action, job.unit)
    const now = this.#host.installed.get(job.unit)
    if (now === undefined || now.id !== job.id || (now.type !== job.type && job.type !== 'restart')) return
    if (outcome === 'begun')
      this.#host.say(
        job.unit,
        this.#beginWords(action, job.unit).replace('%u', () => this.#host.title(job.unit)),
      )
    if (outcome === 'again') this.#hold(now)
    else if (outcome === 'already') this.finish(now, 'done', true)
    else if (outcome === 'condition') this.finish(now, 'done')
    else if (outcome === 'assert') this.finish(now, 'assert')
    else if (outcome === 'not-active') this.finish(now, 'invalid')
    else if (outcome === 'failed') this.finish(now, 'failed')
  }

  /** job_start_message_format(). */
  #beginWords(action: 'start' | 'stop' | 'reload', unit: string): string {
    if (action === 'reload') return this.#host.release.words.reloading
    if (unit.endsWith('.mount')) return action === 'start' ? 'Mounting %u...' : 'Unmounting %u...'
    return action === 'start' ? 'Starting %u...' : 'Stopping %u...'
  }

  #hold(job: InstalledJob): void {
    this.#host.replace({ ...job, isRunning: false })
    this.#held.add(job.unit)
  }

  /** job_emit_done_message(). */
  #sayDone({ unit, type }: InstalledJob, result: JobResult): void {
    const title = this.#host.title(unit)
    const unmet = type === 'start' && result === 'done' ? this.#host.unmet(unit) : undefined
    if (unmet !== undefined) {
      const { skipped, skippedByTriggers } = this.#host.release.words
      const text = unmet.isTrigger ? skippedByTriggers : skipped
      this.#host.say(
        unit,
        text.replace('%u', () => title).replace('%c', () => unmet.text),
      )
    } else {
      const words = doneWords(type, { result, unit, isOneshot: this.#isOneshot(unit) })
      if (words !== undefined)
        this.#host.say(
          unit,
          words.replace('%s', () => title),
          PRIORITIES[result] ?? 6,
        )
    }
  }

  #isOneshot(unit: string): boolean {
    return this.#host.config(unit).service?.type === 'oneshot'
  }
}

/** Another unit's job that has to be over first: because its unit comes before, or goes down first. */
interface Blocker {
  readonly id: string
  readonly isBefore: boolean
}

function findBlocker(
  ids: readonly string[],
  isBefore: boolean,
  isBlocking: (blocker: Blocker) => boolean,
): Blocker | undefined {
  for (const id of ids) {
    const blocker = { id, isBefore }
    if (isBlocking(blocker)) return blocker
  }
  return undefined
}

const isStop = (type: JobType): boolean => type === 'stop' || type === 'restart'

const PRIORITIES: Readonly<Partial<Record<JobResult, number>>> = {
  timeout: 3,
  failed: 3,
  dependency: 4,
  skipped: 5,
  assert: 4,
}

interface DoneJob {
  readonly result: JobResult
  readonly unit: string
  readonly isOneshot: boolean
}

/** job_done_message_format(), with the words that services and targets have for it. */
function doneWords(type: JobType, { result, unit, isOneshot }: DoneJob): string | undefined {
  const isTarget = unit.endsWith('.target')
  if (unit.endsWith('.mount')) return MOUNT_WORDS[`${type} ${result}`]
  if (type === 'start') {
    if (result === 'done') return isTarget ? 'Reached target %s.' : isOneshot ? 'Finished %s.' : 'Started %s.'
    return START_RESULTS[result]
  }
  if (type === 'stop' || type === 'restart') {
    if (result === 'done') return isTarget ? 'Stopped target %s.' : 'Stopped %s.'
    if (result === 'failed')
      return unit.endsWith('.service') ? 'Stopped (with error) %s.' : 'Stopped %s with error.'
    return result === 'timeout' ? 'Timed out stopping %s.' : undefined
  }
  if (type === 'reload') return RELOAD_RESULTS[result]
  return result === 'skipped' ? '%s is inactive.' : undefined
}

/** Those of src/core/mount.c, and of all units. */
const MOUNT_WORDS: Readonly<Record<string, string>> = {
  'start done': 'Mounted %s.',
  'start failed': 'Failed to mount %s.',
  'start dependency': 'Dependency failed for %s.',
  'stop done': 'Unmounted %s.',
  'restart done': 'Unmounted %s.',
  'stop failed': 'Failed unmounting %s.',
}

const START_RESULTS: Readonly<Partial<Record<JobResult, string>>> = {
  timeout: 'Timed out starting %s.',
  failed: 'Failed to start %s.',
  dependency: 'Dependency failed for %s.',
  assert: 'Assertion failed for %s.',
}

const RELOAD_RESULTS: Readonly<Partial<Record<JobResult, string>>> = {
  done: 'Reloaded %s.',
  failed: 'Reload failed for %s.',
  timeout: 'Timed out reloading %s.',
}

/** unit_compare_priority(): services before mounts before the rest, then by name. */
const TYPE_ORDER = [
  'service',
  'mount',
  'swap',
  'socket',
  'target',
  'device',
  'automount',
  'timer',
  'path',
  'slice',
  'scope',
]

function comesBefore(a: string, b: string): boolean {
  const [typeA, typeB] = [typeRank(a), typeRank(b)]
  return typeA === typeB ? a < b : typeA < typeB
}

const typeRank = (unit: string): number => TYPE_ORDER.indexOf(unit.slice(unit.lastIndexOf('.') + 1))
