import type { Catalogue } from '../src/format/catalogue.ts'
import type { ContainerdRelease } from './formats/containerd-release.ts'
import type { GoMap } from './formats/go-toml/types.ts'
import type { SystemdRelease } from './formats/systemd-release.ts'
import type { Process } from './process.ts'
import type { Blocking } from './scheduler.ts'

/**
 * The daemons of a machine as its programs reach them: PID 1 over D-Bus, containerd over its socket. The machine puts
 * the handles here; a handle is there whether or not the daemon runs (asking may then be refused).
 */
export interface Bus {
  readonly systemd: SystemdManager
  readonly journal: JournalReader
  readonly containerd: ContainerdClient
  readonly archive: PackageArchive
}

/** The archives that apt reaches over the network, and which apt and dpkg reach them. */
export interface PackageArchive {
  /** Debian's, as it was recorded for the image's release; undefined where it was not. */
  readonly catalogue: Catalogue | undefined
  /** Another archive by its address, if it is one that is known: pkgs.k8s.io. */
  other(uri: string): Catalogue | undefined
  /** Versions of the packages apt and dpkg that the image has. */
  readonly versions: { readonly apt: string; readonly dpkg: string }
  /** What a program of the image answered on the real host: its version. */
  answer(argv: readonly string[]): string
}

export type JobVerb =
  | 'start'
  | 'stop'
  | 'restart'
  | 'try-restart'
  | 'reload'
  | 'reload-or-restart'
  | 'reload-or-try-restart'

/** How a machine is to end, and when on the monotonic clock. */
export interface Shutdown {
  readonly kind: 'reboot' | 'poweroff' | 'halt'
  readonly atNs: number
  /** Its time has come: nothing runs any more. */
  readonly isReached: boolean
}

/** What came of a job: the words of JobRemoved in org.freedesktop.systemd1(5). */
export type JobResult =
  | 'done'
  | 'canceled'
  | 'timeout'
  | 'failed'
  | 'dependency'
  | 'skipped'
  | 'invalid'
  | 'assert'

/** A job that was accepted; `result` is undefined until it is over. */
export interface Job {
  readonly unit: string
  readonly verb: JobVerb
  readonly result: JobResult | undefined
}

/** Why PID 1 would not take a job, by D-Bus error name. */
export interface JobRefusal {
  readonly error:
    | 'NoSuchUnit'
    | 'UnitMasked'
    | 'LoadFailed'
    | 'BadUnitSetting'
    | 'JobTypeNotApplicable'
    /** A template's name: `foo@.service`. */
    | 'MissingInstance'
  readonly unit: string
}

/** A unit's properties by D-Bus name, as `systemctl show` prints their values; a line each where there are several. */
export type UnitProperties = Readonly<Record<string, string>>

/** A change that enabling, disabling or masking made to the disk. */
export interface UnitFileChange {
  /** `exists` and `masked` change nothing: a file stands in the way, or the unit is masked by what is at `path`. */
  readonly kind: 'symlink' | 'unlink' | 'exists' | 'masked'
  readonly path: string
  readonly target: string
}

/** org.freedesktop.systemd1.Manager, as systemctl(1) uses it. */
export interface SystemdManager {
  readonly release: SystemdRelease
  /** Starts default.target and waits until nothing is left to do. */
  boot(init: Process): Promise<void>
  /** A process is gone; PID 1 acts if it was one of a service. */
  processExited(pid: number, exitCode: number): void
  /** sd_notify(3). */
  processNotified(pid: number, message: string): void
  /** `a` is `a.service`; paths are mounts. */
  fullName(name: string): string
  enqueue(verb: JobVerb, unit: string): Job | JobRefusal
  /** Several requests, all of them taken before the first job runs. */
  enqueueAll(verb: JobVerb, units: readonly string[]): readonly (Job | JobRefusal)[]
  properties(unit: string): UnitProperties
  /** Ids of the units that are in memory: active, failed, with a job, or named by one that is. */
  loadedUnits(): readonly string[]
  /** Names of unit files on disk. */
  unitFiles(): readonly string[]
  unitFileState(unit: string): string | undefined
  /** `enabled` or `disabled`: what systemd.preset(5) wants of each. */
  unitFilePresets(units: readonly string[]): {
    readonly presets: readonly string[]
    /** What is said of the lines of preset files. */
    readonly complaints: readonly string[]
  }
  preset(units: readonly string[]): readonly UnitFileChange[]
  /** Links to unit files elsewhere. */
  link(paths: readonly string[]): readonly UnitFileChange[]
  /** Links that make each unit want or require others. */
  addDependency(
    kind: 'wants' | 'requires',
    target: string,
    units: readonly string[],
  ): readonly UnitFileChange[]
  setDefault(target: string): readonly UnitFileChange[]
  /** Number, unit, type and state of each job. */
  jobs(): readonly {
    readonly id: number
    readonly unit: string
    readonly type: string
    readonly state: string
  }[]
  /** Lines `FRAGMENT` and drop-ins with their text, for `systemctl cat`; undefined where there is no file. */
  sources(unit: string): readonly { readonly path: string; readonly text: string }[] | undefined
  enable(units: readonly string[]): readonly UnitFileChange[]
  disable(units: readonly string[]): readonly UnitFileChange[]
  /** Below /run with `isRuntime`. A file of the unit's own in that place is what `kind: 'exists'` tells. */
  mask(units: readonly string[], isRuntime?: boolean): readonly UnitFileChange[]
  unmask(units: readonly string[], isRuntime?: boolean): readonly UnitFileChange[]
  /** reboot.target and its like, now or later; undefined takes it back. */
  shutdown: Shutdown | undefined
  daemonReload(): void
  resetFailed(units: readonly string[]): void
  kill(unit: string, signal: string): boolean
  /** `running`, `degraded`, `starting`. */
  systemState(): string
  /** Pids in the unit's control group. */
  processes(unit: string): readonly number[]
  /** The last commands of a unit, for `status`; `exitWords` as that has them: `code=killed, signal=TERM`. */
  execStatuses(unit: string): readonly {
    readonly kind: string
    readonly argv: readonly string[]
    readonly pid: number
    readonly exitWords: string | undefined
  }[]
}

/** A line of the journal, as journalctl(1) reads it. */
export interface JournalLine {
  readonly seconds: number
  /** Since boot: what `systemctl status` compares with the unit's InactiveExitTimestampMonotonic. */
  readonly monotonicNs: number
  readonly hostname: string
  readonly identifier: string
  readonly pid: number
  readonly unit: string
  readonly message: string
  readonly priority: number
}

export interface JournalReader {
  readonly entries: readonly JournalLine[]
}

/** containerd, as its programs reach it: the daemon by its socket, and what is built into the executable. */
export interface ContainerdClient {
  /** What the image's containerd prints of its defaults and of its version. */
  readonly release: ContainerdRelease
  /** The URIs of the plugins that a configuration leaves, in the order of their start. */
  startOrder(config: GoMap): readonly string[]
  /** What a program of the package answered on the real host: its version. */
  answerOf(argv: readonly string[]): string
  /** `containerd` without a subcommand: runs until it is told to end. */
  serve(process: Process, options: ContainerdOptions): Blocking<number>
  /** Whether a daemon accepts connections on a socket. */
  isServing(address: string): boolean
  /** What answers at the socket of a path, if anything does. */
  connect(address: string): ContainerdConnection | undefined
  /** A process is gone; if it was the daemon, it took its gRPC socket along unless it was killed. */
  processExited(pid: number, exitCode: number): void
}

/** Options of containerd's command line; what is undefined was not given. */
export interface ContainerdOptions {
  readonly config?: string | undefined
  readonly root?: string | undefined
  readonly state?: string | undefined
  readonly address?: string | undefined
  readonly logLevel?: string | undefined
}

/** The daemon as a client sees it. */
export interface ContainerdConnection {
  /** Whether the service that answers all this came up. */
  readonly isIntrospected: boolean
  readonly plugins: readonly ContainerdPlugin[]
  /** Sentences about what is deprecated and in use. */
  readonly deprecations: readonly string[]
  /** Its identity: made at the first question, and kept on disk. */
  uuid(): string
}

/** A plugin as the introspection service tells it. */
export interface ContainerdPlugin {
  readonly type: string
  readonly id: string
  /** `linux/amd64`, or `-`. */
  readonly platforms: string
  readonly status: 'ok' | 'skip' | 'error'
}

/** Waits for jobs, as systemctl does without --no-block. */
export function* waitForJobs(jobs: readonly Job[]): Blocking<void> {
  const isDone = (): boolean => jobs.every(job => job.result !== undefined)
  while (!isDone()) yield { isReady: isDone }
}
