import type { SystemdRelease } from '../formats/systemd-release.ts'
import type { ActiveState, ExecKind, ServiceConfig, UnitConfig, UnitRuntime } from './state.ts'

/** What starting or stopping a unit came to: the errno of unit_start() in words. */
export type Outcome =
  | 'begun'
  | 'already'
  | 'again'
  | 'failed'
  | 'condition'
  | 'assert'
  | 'not-active'
  | 'nothing'

export interface StateChange {
  readonly isReloadFailed: boolean
  readonly isRestarting: boolean
}

/** What a service needs of the manager that runs it. */
export interface ServiceContext {
  readonly config: UnitConfig
  readonly service: ServiceConfig
  readonly nowNs: number
  readonly release: SystemdRelease
  get(): UnitRuntime
  change(change: Partial<UnitRuntime>): void
  /** unit_notify(): jobs, timestamps and dependents follow a change of state. */
  notify(before: ActiveState, change: StateChange): void
  /** The pid, or why there is none: a sentence end for the journal. */
  spawn(kind: ExecKind, index: number): number | string
  /** Whether what was spawned last got as far as its program. */
  isExecuted(pid: number): boolean
  /** Does something when this event is over. */
  later(action: () => void): void
  isAlive(pid: number): boolean
  /** Pids in the control group. */
  cgroup(): readonly number[]
  /** What /proc/PID/comm says. */
  nameOf(pid: number): string
  kill(pid: number, signal: 'TERM' | 'KILL'): void
  hasJob(type: 'stop' | 'restart'): boolean
  enqueueRestart(): boolean
  say(message: string, priority?: number): void
}
