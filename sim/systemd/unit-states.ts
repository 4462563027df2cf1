import { Unsimulated } from '../../src/host/host.ts'
import { unmetCondition } from './conditions.ts'
import { MountUnit } from './mount-unit.ts'
import type { Pid1 } from './pid1.ts'
import type { Outcome, StateChange } from './service-context.ts'
import {
  type ActiveState,
  isActiveOrActivating,
  isActiveOrReloading,
  isInactiveOrFailed,
  type UnitConfig,
} from './state.ts'

/** What a change of state costs on the virtual clock. */
const CHANGE_NS = 1_000

/** src/core/unit.c: what has to hold before a unit starts, and what follows when its state changes. */
export class UnitStates {
  readonly #pid1: Pid1

  constructor(pid1: Pid1) {
    this.#pid1 = pid1
  }

  /** unit_start(), unit_stop(), unit_reload(). */
  perform(type: 'start' | 'stop' | 'reload', id: string): Outcome {
    const { activeState } = this.#pid1.units.runtime(id)
    if (type === 'start') return this.#start(id, activeState)
    if (type === 'stop') {
      if (isInactiveOrFailed(activeState)) return 'already'
      const unit = this.#pid1.processes.service(id) ?? this.#mountUnit(id)
      return unit?.stop() ?? this.#setPassive(id, 'stop')
    }
    if (activeState === 'reloading') return 'again'
    if (activeState !== 'active') {
      this.#pid1.say(id, `${id}: Unit cannot be reloaded because it is inactive.`, 4)
      return 'not-active'
    }
    return this.#pid1.processes.service(id)?.reload() ?? 'already'
  }

  /** unit_start(): conditions, asserts, the start limit, then the unit itself. */
  #start(id: string, activeState: ActiveState): Outcome {
    if (isActiveOrReloading(activeState)) return 'already'
    const config = this.#pid1.units.config(id)
    if (this.#isSkippedAsRecorded(config)) return 'already'
    if (activeState !== 'activating') {
      const host = { process: this.#pid1.init, virtualization: this.#pid1.parts.virtualization }
      const unmet = unmetCondition(host, config.conditions, 'Condition')
      this.#pid1.units.change(id, { conditionResult: unmet === undefined, unmet })
      if (unmet !== undefined) return 'condition'
      if (unmetCondition(host, config.conditions, 'Assert') !== undefined) {
        this.#pid1.say(id, `${id}: Starting requested but asserts failed.`, 5)
        return 'assert'
      }
    }
    const service = this.#pid1.processes.service(id)
    if (service === undefined) return this.#mountUnit(id)?.start() ?? this.#setPassive(id, 'start')
    if (!this.#countStart(config)) {
      this.#pid1.say(id, `${id}: Start request repeated too quickly.`, 4)
      service.refuseStart()
      return 'failed'
    }
    return service.start()
  }

  /**
   * What the recorder saw inactive although something wanted it is not tried: its conditions did not hold there, or it
   * was done already.
   */
  #isSkippedAsRecorded(config: UnitConfig): boolean {
    if (config.id.endsWith('.target') || this.#pid1.recordOf(config.id)?.activeState !== 'inactive')
      return false
    return !this.#pid1.asked.has(config.id) && this.#pid1.isOfImage(config)
  }

  /** A mount with a file of somebody's own: those of the packages are as they were recorded. */
  #mountUnit(id: string): MountUnit | undefined {
    const config = this.#pid1.units.config(id)
    if (config.mount === undefined || this.#pid1.recordOf(id)?.activeState === 'active') return undefined
    return new MountUnit(this.#pid1, config, config.mount)
  }

  /** The process of a mount unit is gone. */
  mountExited(id: string, exitCode: number): void {
    this.#mountUnit(id)?.exited(exitCode)
  }

  /** Targets are active when they are reached, slices when something is in them; what else there is was recorded. */
  #setPassive(id: string, verb: 'start' | 'stop'): Outcome {
    const record = this.#pid1.recordOf(id)
    const isSimple = /\.(?:target|slice)$/.test(id)
    if (!isSimple && (verb === 'stop' || record?.activeState !== 'active'))
      throw new Unsimulated('systemd', `to ${verb} ${id}`)
    const before = this.#pid1.units.runtime(id).activeState
    const isStart = verb === 'start'
    this.#pid1.units.change(id, {
      activeState: isStart ? 'active' : 'inactive',
      subState: isStart ? (isSimple ? 'active' : (record?.subState ?? 'active')) : 'dead',
    })
    this.notify(id, before, { isReloadFailed: false, isRestarting: false })
    return 'begun'
  }

  /** ratelimit_below(): false when it is one too many for StartLimitBurst=. */
  #countStart({ id, startLimit }: UnitConfig): boolean {
    const { intervalNs, burst } = startLimit
    if (intervalNs === 0 || burst === 0) return true
    const now = this.#pid1.parts.system.clock.monotonicNs
    const { startsNs } = this.#pid1.units.runtime(id)
    const [first] = startsNs
    const isNewWindow = first === undefined || first + intervalNs < now
    if (!isNewWindow && startsNs.length >= burst) return false
    this.#pid1.units.change(id, { startsNs: isNewWindow ? [now] : [...startsNs, now] })
    return true
  }

  /** unit_notify(): a low-level change of state. */
  notify(id: string, before: ActiveState, change: StateChange): void {
    const { activeState: now } = this.#pid1.units.runtime(id)
    // What was said before this change is older than it.
    this.#pid1.parts.system.clock.advance(CHANGE_NS)
    const nowNs = this.#pid1.parts.system.clock.monotonicNs
    const isDown = isInactiveOrFailed
    this.#pid1.units.change(id, {
      stateChangeNs: nowNs,
      ...(isDown(before) && !isDown(now) ? { inactiveExitNs: nowNs } : {}),
      ...(!isDown(before) && isDown(now) ? { inactiveEnterNs: nowNs } : {}),
      ...(!isActiveOrReloading(before) && isActiveOrReloading(now) ? { activeEnterNs: nowNs } : {}),
      ...(isActiveOrReloading(before) && !isActiveOrReloading(now) ? { activeExitNs: nowNs } : {}),
    })
    const isUnexpected = this.#pid1.jobs.process(id, now, change.isReloadFailed)
    if (isUnexpected) this.#propagateUnexpected(id, before, now)
    if (now !== before && now === 'failed' && !change.isRestarting) this.#trigger(id, 'OnFailure')
    const isOver = now === 'inactive' && !isDown(before) && !change.isRestarting
    if (isOver) this.#trigger(id, 'OnSuccess')
    if (isDown(now)) this.#stopBound(id)
  }

  /** retroactively_start_dependencies() and retroactively_stop_dependencies(). */
  #propagateUnexpected(id: string, before: ActiveState, now: ActiveState): void {
    const { graph } = this.#pid1.units
    const isGoingDown = isInactiveOrFailed(now) || now === 'deactivating'
    if (isActiveOrActivating(before) && isGoingDown) {
      for (const other of graph.by(id, 'BindsTo'))
        if (isActiveOrActivating(this.#pid1.units.runtime(other).activeState))
          this.#pid1.jobs.enqueue('stop', other)
      return
    }
    if (!isInactiveOrFailed(before) || !isActiveOrActivating(now)) return
    const after = new Set(graph.after(id))
    for (const other of graph.of(id, 'Requires', 'BindsTo'))
      if (!after.has(other) && isInactiveOrFailed(this.#pid1.units.runtime(other).activeState))
        this.#pid1.jobs.enqueue('start', other)
  }

  /** unit_submit_to_stop_when_bound_queue(): what cannot be active without this one. */
  #stopBound(id: string): void {
    const { graph } = this.#pid1.units
    for (const other of graph.by(id, 'BindsTo'))
      if (
        isActiveOrReloading(this.#pid1.units.runtime(other).activeState) &&
        !this.#pid1.parts.cell.value.jobs.has(id)
      )
        this.#pid1.events.post(() => {
          if (
            isInactiveOrFailed(this.#pid1.units.runtime(id).activeState) &&
            !this.#pid1.parts.cell.value.jobs.has(id)
          )
            this.#pid1.jobs.enqueue('stop', other)
        })
  }

  #trigger(id: string, kind: 'OnFailure' | 'OnSuccess'): void {
    for (const other of this.#pid1.units.graph.of(id, kind)) {
      this.#pid1.say(id, `${id}: Triggering ${kind}= dependencies.`)
      this.#pid1.jobs.enqueue('start', other)
    }
  }
}
