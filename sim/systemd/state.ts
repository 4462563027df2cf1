import { Map as PersistentMap } from 'immutable'
import type { Shutdown } from '../bus.ts'

export type ActiveState = 'active' | 'reloading' | 'inactive' | 'failed' | 'activating' | 'deactivating'
export type LoadState = 'loaded' | 'not-found' | 'masked' | 'bad-setting' | 'error'
export type ServiceType = 'simple' | 'exec' | 'forking' | 'oneshot' | 'dbus' | 'notify' | 'idle'
export type ServiceResult =
  | 'success'
  | 'resources'
  | 'protocol'
  | 'timeout'
  | 'exit-code'
  | 'signal'
  | 'start-limit-hit'
  | 'exec-condition'
export type RestartPolicy =
  | 'no'
  | 'on-success'
  | 'on-failure'
  | 'on-abnormal'
  | 'on-watchdog'
  | 'on-abort'
  | 'always'
export type KillMode = 'control-group' | 'process' | 'mixed' | 'none'

/** SubState of a service: service_state_table of src/core/service.c, without the watchdog's and `cleaning`. */
export type ServiceState =
  | 'dead'
  | 'condition'
  | 'start-pre'
  | 'start'
  | 'start-post'
  | 'running'
  | 'exited'
  | 'reload'
  | 'stop'
  | 'stop-sigterm'
  | 'stop-sigkill'
  | 'stop-post'
  | 'final-sigterm'
  | 'final-sigkill'
  | 'failed'
  | 'auto-restart'
  | 'auto-restart-queued'

/** `infinity`, as a number that JSON has. */
export const FOREVER_NS = Number.MAX_SAFE_INTEGER

/** One command line of an Exec setting. */
export interface ExecCommand {
  readonly path: string
  readonly argv: readonly string[]
  /** `-`: failure counts as success. */
  readonly isFailureIgnored: boolean
  /** `:` takes this away: variables are put in. */
  readonly isExpanding: boolean
}

export type ExecKind =
  | 'ExecCondition'
  | 'ExecStartPre'
  | 'ExecStart'
  | 'ExecStartPost'
  | 'ExecReload'
  | 'ExecStop'
  | 'ExecStopPost'

/** The order in which `status` and `show` go through them. */
export const EXEC_KINDS: readonly ExecKind[] = [
  'ExecCondition',
  'ExecStartPre',
  'ExecStart',
  'ExecStartPost',
  'ExecReload',
  'ExecStop',
  'ExecStopPost',
]

export interface Condition {
  /** `ConditionPathExists`, `AssertPathExists`. */
  readonly name: string
  readonly value: string
}

/** What a unit's files say; kept until `daemon-reload`, whatever becomes of the files. */
export interface UnitConfig {
  readonly id: string
  /** Its id first, then its aliases. */
  readonly names: readonly string[]
  readonly loadState: LoadState
  readonly fragmentPath: string
  readonly dropInPaths: readonly string[]
  /** Of the fragment and of the newest drop-in when they were read: what NeedDaemonReload compares. */
  readonly fragmentMtimeSeconds: number
  readonly dropInMtimeSeconds: number
  readonly description: string
  readonly documentation: readonly string[]
  /** Unit names by kind of dependency: Requires, Wants, After …, links in .wants directories included. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>
  readonly hasDefaultDependencies: boolean
  readonly conditions: readonly Condition[]
  readonly service: ServiceConfig | undefined
  readonly mount: MountConfig | undefined
  readonly startLimit: { readonly intervalNs: number; readonly burst: number }
}

/** What a mount unit's file says. */
export interface MountConfig {
  readonly what: string
  readonly where: string
  readonly type: string
  readonly options: string
}

export interface ServiceConfig {
  readonly type: ServiceType | ''
  readonly commands: Readonly<Record<ExecKind, readonly ExecCommand[]>>
  /** `NAME=value`, in order. */
  readonly environment: readonly string[]
  readonly environmentFiles: readonly { readonly path: string; readonly isOptional: boolean }[]
  readonly workingDirectory: string
  readonly isWorkingDirectoryOptional: boolean
  readonly user: string
  readonly group: string
  readonly restart: RestartPolicy
  readonly restartSecNs: number
  readonly timeoutStartNs: number
  readonly timeoutStopNs: number
  readonly remainAfterExit: boolean
  readonly successExitStatus: readonly string[]
  readonly restartPreventExitStatus: readonly string[]
  readonly restartForceExitStatus: readonly string[]
  readonly killMode: KillMode
  readonly isSigkillSent: boolean
  readonly standardOutput: string
  readonly standardError: string
  readonly syslogIdentifier: string
  /** Settings that change what a start does and that are not modelled: a start is `Unsimulated`. */
  readonly notModelled: readonly string[]
}

/** One command that ran, or runs. */
export interface ExecStatus {
  readonly kind: ExecKind
  readonly index: number
  readonly argv: readonly string[]
  readonly pid: number
  readonly startNs: number
  /** Undefined while it runs. */
  readonly exitCode?: number
}

/** Moments on the monotonic clock; undefined: never. */
export interface UnitTimestamps {
  readonly stateChangeNs?: number
  readonly inactiveExitNs?: number
  readonly activeEnterNs?: number
  readonly activeExitNs?: number
  readonly inactiveEnterNs?: number
}

/** What became of a unit. */
export interface UnitRuntime extends UnitTimestamps {
  readonly activeState: ActiveState
  readonly subState: string
  readonly result: ServiceResult
  readonly reloadResult: ServiceResult
  /** 0: none. */
  readonly mainPid: number
  readonly controlPid: number
  /** The control command that runs, by kind and place. */
  readonly control: { readonly kind: ExecKind; readonly index: number } | undefined
  /** Which ExecStart= runs as main process. */
  readonly mainIndex: number | undefined
  readonly execStatuses: readonly ExecStatus[]
  /** The main process, also when it is over. */
  readonly main: Omit<ExecStatus, 'kind' | 'index' | 'argv'> | undefined
  readonly isRestartForbidden: boolean
  readonly nRestarts: number
  /** The next start sets `nRestarts` to 0. */
  readonly isFlushingRestarts: boolean
  /** When the time limit of this state, or RestartSec=, is over. */
  readonly timerNs: number | undefined
  /** Times of the last starts, for the start limit. */
  readonly startsNs: readonly number[]
  readonly conditionResult: boolean
  /** What kept it from starting when it was last tried. */
  readonly unmet: { readonly text: string; readonly isTrigger: boolean } | undefined
  readonly statusText: string
}

/** A job that waits or runs; a unit has one at most. */
export interface InstalledJob {
  readonly id: number
  readonly unit: string
  readonly type: JobType
  readonly isRunning: boolean
}

export type JobType = 'start' | 'stop' | 'restart' | 'reload' | 'verify-active'

export interface SystemdState {
  readonly shutdown?: Shutdown | undefined
  /** What was read of the units in memory, by id. */
  readonly configs: PersistentMap<string, UnitConfig>
  /** Ids by alias. */
  readonly aliases: PersistentMap<string, string>
  readonly runtimes: PersistentMap<string, UnitRuntime>
  readonly jobs: PersistentMap<string, InstalledJob>
  readonly nextJobId: number
  /** The drop-in directories that were there when PID 1 looked last, and the mtimes that tell when to look again. */
  readonly pathCache: { readonly stamp: string; readonly directories: readonly string[] }
}

export const INITIAL_SYSTEMD: SystemdState = {
  configs: PersistentMap(),
  aliases: PersistentMap(),
  runtimes: PersistentMap(),
  jobs: PersistentMap(),
  nextJobId: 1,
  pathCache: { stamp: '', directories: [] },
}

/** A unit that was never started. */
export const DEAD: UnitRuntime = {
  activeState: 'inactive',
  subState: 'dead',
  result: 'success',
  reloadResult: 'success',
  mainPid: 0,
  controlPid: 0,
  control: undefined,
  mainIndex: undefined,
  execStatuses: [],
  main: undefined,
  isRestartForbidden: false,
  nRestarts: 0,
  isFlushingRestarts: false,
  timerNs: undefined,
  startsNs: [],
  conditionResult: false,
  unmet: undefined,
  statusText: '',
}

export const isInactiveOrFailed = (state: ActiveState): boolean => state === 'inactive' || state === 'failed'
export const isActiveOrReloading = (state: ActiveState): boolean =>
  state === 'active' || state === 'reloading'
export const isActiveOrActivating = (state: ActiveState): boolean =>
  isActiveOrReloading(state) || state === 'activating'
