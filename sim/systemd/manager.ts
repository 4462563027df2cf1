import type { Map as PersistentMap } from 'immutable'
import type { UnitRecord } from '../../src/format/image.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type {
  Job,
  JobRefusal,
  JobResult,
  JobVerb,
  SystemdManager,
  UnitFileChange,
  UnitProperties,
} from '../bus.ts'
import type { Cell } from '../clock.ts'
import { Process, type Program, SIGNAL_NUMBER, type SignalName, type System } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { bootUnits } from './boot.ts'
import { unmetCondition } from './conditions.ts'
import { UnitInstaller } from './install.ts'
import type { Journal } from './journal.ts'
import { UNIT_PATH, UnitLoader } from './load.ts'
import { unitProperties } from './properties.ts'
import { exitWords, ServiceRun } from './service.ts'
import { DEAD, type SystemdState, type UnitConfig, type UnitRuntime } from './state.ts'

export interface ManagerParts {
  readonly system: System
  readonly cell: Cell<SystemdState>
  readonly journal: Journal
  /** What the recorder saw of every unit, settled. */
  readonly recorded: readonly UnitRecord[]
  readonly version: number
  /** Whether a file is as the image had it. */
  isOfImage(path: string): boolean
  /** Whether a path and all below it are as the image had them. */
  isTreeOfImage(path: string): boolean
}

interface PendingJob {
  readonly unit: string
  readonly verb: JobVerb
  result: JobResult | undefined
}

/** PID 1: units, jobs, and what becomes of the processes of services. */
export class Manager implements SystemdManager {
  readonly version: number
  readonly #system: System
  readonly #cell: Cell<SystemdState>
  readonly #journal: Journal
  readonly #recorded: ReadonlyMap<string, UnitRecord>
  readonly #recordedUnits: readonly UnitRecord[]
  readonly #isOfImage: (path: string) => boolean
  readonly #isTreeOfImage: (path: string) => boolean
  /** While a transaction is made up nothing is forgotten. */
  #isBooting = false
  /** Jobs and the ends of processes are tasks of PID 1; they count down from it. */
  #nextTask = -1
  readonly #ready = new Set<number>()
  #init: Process | undefined

  constructor(parts: ManagerParts) {
    this.version = parts.version
    this.#system = parts.system
    this.#cell = parts.cell
    this.#journal = parts.journal
    this.#recorded = new Map(parts.recorded.map(record => [record.id, record]))
    this.#recordedUnits = parts.recorded
    this.#isOfImage = parts.isOfImage
    this.#isTreeOfImage = parts.isTreeOfImage
    parts.system.scheduler.alarms = { nextNs: () => this.#nextRestartNs(), ring: () => this.#restartDue() }
  }

  async boot(init: Process): Promise<void> {
    this.#init = init
    this.#isBooting = true
    const isUntouched = UNIT_PATH.every(path => this.#isTreeOfImage(path))
    const known = isUntouched ? imageConfigs.get(this.#recordedUnits) : undefined
    if (known !== undefined) this.#cell.value = { ...this.#cell.value, configs: known }
    const isOfImage = isUntouched ? () => true : this.#isOfImage
    const started = bootUnits({ manager: this, recorded: this.#recorded, isOfImage })
    if (isUntouched) imageConfigs.set(this.#recordedUnits, this.#cell.value.configs)
    this.#setAll(started.recordedRuntimes)
    const jobs = this.#transaction('start', started.toStart)
    this.#isBooting = false
    await this.#system.scheduler.runAsync(() => jobs.every(job => job.result !== undefined))
  }

  fullName(name: string): string {
    if (/\.(?:service|socket|target|mount|automount|timer|path|slice|scope|swap|device)$/.test(name))
      return name
    return `${name}.service`
  }

  enqueue(verb: JobVerb, unit: string): Job | JobRefusal {
    const config = this.config(unit)
    const refusal = this.#refusal(verb, config)
    if (refusal !== undefined) return refusal
    const runtime = this.runtime(config.id)
    const isUp = runtime.activeState === 'active' || runtime.activeState === 'activating'
    if (verb === 'try-restart' && !isUp) return { unit: config.id, verb, result: 'done' }
    const actual =
      verb === 'try-restart' || (verb === 'reload-or-restart' && !this.#canReload(config)) ? 'restart' : verb
    const [anchor] = this.#transaction(
      actual === 'reload-or-restart' ? (isUp ? 'reload' : 'start') : actual,
      [config.id],
    ).slice(-1)
    return anchor ?? { unit: config.id, verb, result: 'done' }
  }

  /** The unit of a name or alias, as it was last read: again after a reload, and when nothing keeps it in memory. */
  config(name: string): UnitConfig {
    const known = this.#cell.value.configs.get(name)
    if (known !== undefined && (this.#isBooting || this.#isKept(known.id))) return known
    const config = this.#loader.load(name)
    const configs = this.#cell.value.configs.set(config.id, config)
    this.#cell.value = {
      ...this.#cell.value,
      configs: name === config.id ? configs : configs.set(name, config),
    }
    return config
  }

  runtime(id: string): UnitRuntime {
    return this.#cell.value.runtimes.get(id) ?? DEAD
  }

  /** A unit is active and no job has to be done for it. */
  isActive(id: string): boolean {
    const { activeState } = this.runtime(id)
    return activeState === 'active' || activeState === 'reloading'
  }

  properties(name: string): UnitProperties {
    const config = this.config(name)
    return unitProperties({
      config,
      runtime: this.runtime(config.id),
      unitFileState: this.unitFileState(config.id) ?? '',
      needsReload: this.#loader.isStale(config),
      bootSeconds: this.#system.clock.realtimeSeconds - this.#system.clock.monotonicNs / 1e9,
    })
  }

  execStatuses(unit: string): ReturnType<SystemdManager['execStatuses']> {
    return this.runtime(this.config(unit).id).execStatuses.map(({ kind, argv, pid, exitCode }) => ({
      kind,
      argv,
      pid,
      exitWords: exitCode === undefined ? undefined : exitWords(exitCode),
    }))
  }

  loadedUnits(): readonly string[] {
    const { runtimes } = this.#cell.value
    return [...runtimes.keys()].filter(id => this.runtime(id).activeState !== 'inactive').sort()
  }

  unitFiles(): readonly string[] {
    return this.#loader.listNames()
  }

  unitFileState(unit: string): string | undefined {
    return this.#installer.state(unit)
  }

  sources(unit: string): ReturnType<SystemdManager['sources']> {
    const config = this.#loader.load(unit)
    if (config.loadState === 'not-found') return undefined
    return [config.fragmentPath, ...config.dropInPaths].map(path => ({
      path,
      text: config.readContents[path] ?? '',
    }))
  }

  enable(units: readonly string[]): readonly UnitFileChange[] {
    return this.#changingFiles(() => this.#installer.enable(units))
  }

  disable(units: readonly string[]): readonly UnitFileChange[] {
    return this.#changingFiles(() => this.#installer.disable(units))
  }

  mask(units: readonly string[]): readonly UnitFileChange[] {
    return this.#changingFiles(() => this.#installer.mask(units))
  }

  unmask(units: readonly string[]): readonly UnitFileChange[] {
    return this.#changingFiles(() => this.#installer.unmask(units))
  }

  daemonReload(): void {
    this.#cell.value = { ...this.#cell.value, configs: this.#cell.value.configs.clear() }
  }

  resetFailed(units: readonly string[]): void {
    for (const id of units.length > 0 ? units : this.loadedUnits()) {
      const runtime = this.runtime(id)
      if (runtime.activeState === 'failed')
        this.#set(id, {
          ...runtime,
          activeState: 'inactive',
          subState: 'dead',
          result: 'success',
          startsNs: [],
          nRestarts: 0,
        })
      else this.#set(id, { ...runtime, startsNs: [] })
    }
  }

  kill(unit: string, signal: string): boolean {
    const { mainPid } = this.runtime(unit)
    const name = signal.replace(/^SIG/, '')
    if (mainPid === 0 || this.#system.kernel.processes.get(mainPid) === undefined) return false
    if (!isSignal(name)) throw new Unsimulated('systemctl', `--signal=${signal}`)
    this.#system.kill(mainPid, name)
    return true
  }

  systemState(): string {
    return this.loadedUnits().some(id => this.runtime(id).activeState === 'failed') ? 'degraded' : 'running'
  }

  processNotified(pid: number, message: string): void {
    if (message.split('\n').includes('READY=1')) this.#ready.add(pid)
  }

  processExited(pid: number, exitCode: number): void {
    const id = this.#cell.value.runtimes.findKey(runtime => runtime.mainPid === pid)
    if (id === undefined) return
    const { activeState, subState } = this.runtime(id)
    const isOwnBusiness = activeState === 'activating' || this.config(id).service?.type === 'oneshot'
    if (isOwnBusiness || subState === 'exited') return
    const service = this.#serviceRun(id)
    if (service !== undefined) this.#spawnTask(() => service.mainExited(exitCode))
  }

  /** Puts jobs into a task of PID 1: what a unit needs first, the unit itself last. */
  #transaction(verb: JobVerb, ids: readonly string[]): readonly PendingJob[] {
    const jobs = ids.flatMap(id => this.#expand(verb, id))
    const unique = [...new Map(jobs.map(job => [`${job.verb} ${job.unit}`, job])).values()]
    const ordered = verb === 'start' ? this.#ordered(unique) : unique
    this.#spawnTask(() => this.#runJobs(ordered))
    return [
      ...ordered.filter(job => !ids.includes(job.unit)),
      ...ids.flatMap(id => ordered.filter(job => job.unit === id)),
    ]
  }

  /** Jobs that one job brings along: requirements to start, dependents to stop. */
  #expand(verb: JobVerb, id: string): readonly PendingJob[] {
    const job = (unit: string, what: JobVerb): PendingJob => ({ unit, verb: what, result: undefined })
    if (verb === 'start' || verb === 'restart') {
      const needed = this.#needed(id, new Set([id])).map(unit => job(unit, 'start'))
      return [...needed, job(id, verb)]
    }
    return verb === 'stop'
      ? [...this.#dependents(id).map(unit => job(unit, 'stop')), job(id, 'stop')]
      : [job(id, verb)]
  }

  /** Inactive units that a start pulls in, in the order of the walk. */
  #needed(id: string, seen: Set<string>): readonly string[] {
    const { dependencies } = this.config(id)
    const names = [
      ...(dependencies.Requires ?? []),
      ...(dependencies.BindsTo ?? []),
      ...(dependencies.Wants ?? []),
    ]
    return names.flatMap(name => {
      const config = this.config(name)
      if (seen.has(config.id) || this.isActive(config.id) || config.loadState !== 'loaded') return []
      seen.add(config.id)
      return [...this.#needed(config.id, seen), config.id]
    })
  }

  #dependents(id: string): readonly string[] {
    return this.loadedUnits().filter(other => {
      const { Requires = [], BindsTo = [], PartOf = [] } = this.config(other).dependencies
      return (
        other !== id &&
        this.isActive(other) &&
        other.endsWith('.service') &&
        [...Requires, ...BindsTo, ...PartOf].includes(id)
      )
    })
  }

  /** Sorts by After and Before; equal ones by name. */
  #ordered(jobs: readonly PendingJob[]): readonly PendingJob[] {
    const byId = new Map(jobs.map(job => [job.unit, job]))
    const before = new Map(jobs.map(job => [job.unit, new Set<string>()]))
    for (const { unit } of jobs) {
      const { After = [], Before = [] } = this.config(unit).dependencies
      for (const other of After) if (byId.has(other)) before.get(unit)?.add(other)
      for (const other of Before) before.get(other)?.add(unit)
    }
    const done = new Set<string>()
    const ordered: PendingJob[] = []
    const visit = (unit: string, trail: ReadonlySet<string>): void => {
      if (done.has(unit) || trail.has(unit)) return
      for (const other of [...(before.get(unit) ?? [])].sort()) visit(other, new Set([...trail, unit]))
      done.add(unit)
      const job = byId.get(unit)
      if (job !== undefined) ordered.push(job)
    }
    for (const unit of [...byId.keys()].sort()) visit(unit, new Set())
    return ordered
  }

  *#runJobs(jobs: readonly PendingJob[]): Blocking<void> {
    for (const job of jobs) {
      const failed = this.#failedRequirement(job, jobs)
      if (failed !== undefined) {
        job.result = 'dependency'
        this.#journal.say(job.unit, `Dependency failed for ${this.#title(job.unit)}.`)
        this.#journal.say(job.unit, `${job.unit}: Job ${job.unit}/start failed with result 'dependency'.`)
      } else job.result = yield* this.#runJob(job)
    }
  }

  #failedRequirement(job: PendingJob, jobs: readonly PendingJob[]): string | undefined {
    const { Requires = [], BindsTo = [] } = this.config(job.unit).dependencies
    const isFailed = (result: JobResult | undefined): boolean => result !== undefined && result !== 'done'
    return jobs.find(
      other => other !== job && [...Requires, ...BindsTo].includes(other.unit) && isFailed(other.result),
    )?.unit
  }

  *#runJob(job: PendingJob): Blocking<JobResult> {
    const config = this.config(job.unit)
    if (config.service === undefined) return this.#runPassiveJob(job, config)
    const service = this.#serviceRun(job.unit)
    if (service === undefined) return 'failed'
    if (job.verb === 'reload') return (yield* service.reload()) ? 'done' : 'failed'
    if (job.verb === 'stop' || job.verb === 'restart') yield* service.stop()
    return job.verb === 'stop' ? 'done' : yield* this.#startService(job.unit, service)
  }

  *#startService(id: string, service: ServiceRun): Blocking<JobResult> {
    const config = this.config(id)
    if (this.isActive(id)) return 'done'
    const unmet = unmetCondition(this.#initProcess, config.conditions)
    if (unmet !== undefined) {
      this.#set(id, { ...this.runtime(id), conditionResult: false })
      this.#journal.say(id, `${this.#title(id)} was skipped because of an unmet condition check (${unmet}).`)
      return 'done'
    }
    if (!this.#countStart(config)) {
      const runtime = this.runtime(id)
      const result = runtime.result === 'success' ? 'start-limit-hit' : runtime.result
      this.#journal.say(id, `${id}: Start request repeated too quickly.`)
      this.#journal.say(id, `${id}: Failed with result '${result}'.`)
      this.#journal.say(id, `Failed to start ${this.#title(id)}.`)
      this.#set(id, { ...runtime, activeState: 'failed', subState: 'failed', result, restartAtNs: undefined })
      return 'failed'
    }
    return (yield* service.start()) ? 'done' : 'failed'
  }

  /** Targets are active when they are reached; what else is not a service has to have been recorded. */
  #runPassiveJob(job: PendingJob, config: UnitConfig): JobResult {
    const record = this.#recorded.get(config.id)
    if (config.id.endsWith('.target')) {
      this.#set(config.id, {
        ...DEAD,
        activeState: job.verb === 'stop' ? 'inactive' : 'active',
        subState: job.verb === 'stop' ? 'dead' : 'active',
      })
      return 'done'
    }
    if (job.verb !== 'start' || record?.activeState !== 'active')
      throw new Unsimulated('systemd', `to ${job.verb} ${config.id}`)
    this.#set(config.id, { ...DEAD, activeState: 'active', subState: record.subState })
    return 'done'
  }

  /** Remembers the start; false when it is one too many for StartLimitBurst=. */
  #countStart(config: UnitConfig): boolean {
    const { intervalNs, burst } = config.startLimit
    const runtime = this.runtime(config.id)
    const now = this.#system.clock.monotonicNs
    const recent = runtime.startsNs.filter(ns => ns > now - intervalNs)
    if (intervalNs > 0 && burst > 0 && recent.length >= burst) return false
    this.#set(config.id, { ...runtime, startsNs: [...recent, now], restartAtNs: undefined })
    return true
  }

  #serviceRun(id: string): ServiceRun | undefined {
    const config = this.config(id)
    if (config.service === undefined) return undefined
    return new ServiceRun({
      init: this.#initProcess,
      journal: this.#journal,
      config,
      service: config.service,
      recordedProgram: this.#recordedProgram(config),
      get: () => this.runtime(id),
      change: change => this.#set(id, { ...this.runtime(id), ...change }),
      isReady: pid => this.#ready.has(pid),
    })
  }

  /**
   * The image saw this unit run, and its files are the image's: a program of it that is not modelled comes up as it did
   * there.
   */
  #recordedProgram(config: UnitConfig): Program | undefined {
    const record = this.#recorded.get(config.id)
    if (record?.activeState !== 'active') return undefined
    if (![config.fragmentPath, ...config.dropInPaths].every(path => this.#isOfImage(path))) return undefined
    if (record.subState === 'exited') return () => 0
    return function* (process) {
      process.notify('READY=1')
      return yield* process.park({ exitCodeOnTerm: 0 })
    }
  }

  #refusal(verb: JobVerb, config: UnitConfig): JobRefusal | undefined {
    const unit = config.id
    if (config.loadState === 'not-found')
      return this.isActive(unit) && verb === 'stop' ? undefined : { error: 'NoSuchUnit', unit }
    if (config.loadState === 'masked' && verb !== 'stop') return { error: 'UnitMasked', unit }
    if (config.loadState === 'bad-setting') return { error: 'BadUnitSetting', unit }
    if (verb === 'reload' && !this.#canReload(config)) return { error: 'JobTypeNotApplicable', unit }
    const missing = (config.dependencies.Requires ?? []).find(
      name => verb !== 'stop' && this.config(name).loadState === 'not-found',
    )
    return missing === undefined ? undefined : { error: 'NoSuchUnit', unit: missing }
  }

  #canReload(config: UnitConfig): boolean {
    return (config.service?.commands.ExecReload.length ?? 0) > 0
  }

  /** Active and failed units stay in memory, and those that a target in memory wants. */
  #isKept(id: string): boolean {
    return this.runtime(id).activeState !== 'inactive' || wantedByTargets(this.#cell.value.configs).has(id)
  }

  #nextRestartNs(): number {
    let next = Number.POSITIVE_INFINITY
    for (const { restartAtNs } of this.#cell.value.runtimes.values())
      if (restartAtNs !== undefined && restartAtNs < next) next = restartAtNs
    return next
  }

  /** Restart= of the units whose time has come. */
  #restartDue(): void {
    const now = this.#system.clock.monotonicNs
    for (const [id, runtime] of this.#cell.value.runtimes) {
      if (runtime.restartAtNs === undefined || runtime.restartAtNs > now) continue
      const nRestarts = runtime.nRestarts + 1
      this.#set(id, { ...runtime, restartAtNs: undefined, nRestarts })
      this.#journal.say(id, `${id}: Scheduled restart job, restart counter is at ${nRestarts}.`)
      this.#journal.say(id, `Stopped ${this.#title(id)}.`)
      this.#transaction('start', [id])
    }
  }

  #changingFiles<T>(change: () => T): T {
    const result = change()
    this.daemonReload()
    return result
  }

  #title(id: string): string {
    const { description } = this.config(id)
    return description === id ? id : `${id} - ${description}`
  }

  #set(id: string, runtime: UnitRuntime): void {
    this.#setAll(this.#cell.value.runtimes.set(id, runtime))
  }

  #setAll(runtimes: PersistentMap<string, UnitRuntime>): void {
    this.#cell.value = { ...this.#cell.value, runtimes }
  }

  #spawnTask(body: () => Blocking<void>): void {
    const pid = this.#nextTask--
    this.#system.scheduler.add({
      pid,
      body: withStatus(body()),
      waitsFor: undefined,
      onEnd: outcome => {
        if ('thrown' in outcome) this.#system.thrown(outcome.thrown)
      },
    })
  }

  /** PID 1 as a process: the one that booted, or of a forked machine the one in its process table. */
  get #initProcess(): Process {
    this.#init ??= new Process(this.#system, {
      pid: 1,
      argv: ['/sbin/init'],
      env: new Map(),
      cwd: '/',
      credentials: this.#system.rootCredentials,
      files: new Map(),
    })
    return this.#init
  }

  get #loader(): UnitLoader {
    return new UnitLoader(this.#initProcess, (unit, message) => this.#journal.say(unit, message, 4))
  }

  get #installer(): UnitInstaller {
    return new UnitInstaller(this.#initProcess, this.#loader)
  }
}

/** Units as they were read at the first boot of an image: they serve as long as no unit file was touched. */
const imageConfigs = new WeakMap<readonly UnitRecord[], SystemdState['configs']>()

const wantedNames = new WeakMap<SystemdState['configs'], ReadonlySet<string>>()

/** What the loaded targets want, derived from a state and kept as long as it. */
function wantedByTargets(configs: SystemdState['configs']): ReadonlySet<string> {
  const known = wantedNames.get(configs)
  if (known !== undefined) return known
  const targets = [...configs.values()].filter(config => config.id.endsWith('.target'))
  const wanted = new Set(targets.flatMap(target => target.dependencies.Wants ?? []))
  wantedNames.set(configs, wanted)
  return wanted
}

function* withStatus(body: Blocking<void>): Blocking<number> {
  yield* body
  return 0
}

const isSignal = (name: string): name is SignalName => Object.hasOwn(SIGNAL_NUMBER, name)
