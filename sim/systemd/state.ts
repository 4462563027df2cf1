import { Map as PersistentMap } from 'immutable'

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

/** `infinity`, as a number that JSON has. */
export const FOREVER_NS = Number.MAX_SAFE_INTEGER

/** One command line of an Exec setting. */
export interface ExecCommand {
  readonly path: string
  readonly argv: readonly string[]
  /** `-`: failure counts as success. */
  readonly isFailureIgnored: boolean
}

export type ExecKind =
  | 'ExecCondition'
  | 'ExecStartPre'
  | 'ExecStart'
  | 'ExecStartPost'
  | 'ExecReload'
  | 'ExecStop'
  | 'ExecStopPost'

export interface Condition {
  /** `ConditionPathExists`. */
  readonly name: string
  readonly value: string
}

/** What a unit's files say; kept until `daemon-reload`, whatever becomes of the files. */
export interface UnitConfig {
  readonly id: string
  readonly loadState: LoadState
  readonly fragmentPath: string
  readonly dropInPaths: readonly string[]
  /** Contents that were read, by path: what NeedDaemonReload compares. */
  readonly readContents: Readonly<Record<string, string>>
  readonly description: string
  readonly documentation: readonly string[]
  /** Unit names by kind of dependency: Requires, Wants, After …, links in .wants directories included. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>
  readonly conditions: readonly Condition[]
  readonly service: ServiceConfig | undefined
  readonly startLimit: { readonly intervalNs: number; readonly burst: number }
  /** Why it cannot be started: a service without ExecStart. */
  readonly loadError?: string
}

export interface ServiceConfig {
  readonly type: ServiceType
  readonly commands: Readonly<Record<ExecKind, readonly ExecCommand[]>>
  readonly environment: Readonly<Record<string, string>>
  readonly environmentFiles: readonly { readonly path: string; readonly isOptional: boolean }[]
  readonly workingDirectory: string
  readonly user: string
  readonly restart: RestartPolicy
  readonly restartSecNs: number
  readonly timeoutStartNs: number
  readonly timeoutStopNs: number
  readonly remainAfterExit: boolean
  readonly successExitStatus: readonly string[]
  readonly killMode: string
}

/** One finished or running command of the last start. */
export interface ExecStatus {
  readonly kind: ExecKind
  readonly argv: readonly string[]
  readonly pid: number
  /** Undefined while it runs. */
  readonly exitCode?: number
}

/** What became of a unit. */
export interface UnitRuntime {
  readonly activeState: ActiveState
  readonly subState: string
  readonly result: ServiceResult
  readonly mainPid: number
  readonly execStatuses: readonly ExecStatus[]
  readonly mainExitCode?: number
  readonly mainStartNs: number
  readonly nRestarts: number
  /** Times of the last starts, for the start limit. */
  readonly startsNs: readonly number[]
  readonly stateChangeSeconds?: number
  readonly activeEnterNs?: number
  readonly durationNs?: number
  readonly conditionResult: boolean
  /** When a restart is due, on the monotonic clock. */
  readonly restartAtNs?: number | undefined
  readonly statusText?: string
}

export interface SystemdState {
  readonly configs: PersistentMap<string, UnitConfig>
  readonly runtimes: PersistentMap<string, UnitRuntime>
}

export const INITIAL_SYSTEMD: SystemdState = { configs: PersistentMap(), runtimes: PersistentMap() }

/** A unit that was never started. */
export const DEAD: UnitRuntime = {
  activeState: 'inactive',
  subState: 'dead',
  result: 'success',
  mainPid: 0,
  execStatuses: [],
  mainStartNs: 0,
  nRestarts: 0,
  startsNs: [],
  conditionResult: false,
}
