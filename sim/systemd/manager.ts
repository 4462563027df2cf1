import type { UnitRecord } from '../../src/format/image.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { Job, JobRefusal, JobVerb, SystemdManager, UnitFileChange, UnitProperties } from '../bus.ts'
import type { Cell } from '../clock.ts'
import { Process, SIGNAL_NUMBER, type SignalName, type System } from '../process.ts'
import { recordedRuntimes } from './boot.ts'
import { unmetCondition } from './conditions.ts'
import { controlGroup, type Spawned, spawnCommand } from './exec.ts'
import { signalOf, statusWords } from './exit-status.ts'
import { UnitInstaller } from './install.ts'
import { JobEngine, type JobHost } from './jobs.ts'
import type { Journal } from './journal.ts'
import { unitProperties } from './properties.ts'
import { recordedProgram } from './recorded.ts'
import { type Outcome, Service, type StateChange } from './service.ts'
import {
  type ActiveState,
  EXEC_KINDS,
  type ExecKind,
  type InstalledJob,
  isActiveOrActivating,
  isActiveOrReloading,
  isInactiveOrFailed,
  type ServiceConfig,
  type SystemdState,
  type UnitConfig,
} from './state.ts'
import { UNIT_PATH } from './unit-path.ts'
import { Units, type UnitsRead } from './units.ts'

export interface ManagerParts {
  readonly system: System
  readonly cell: Cell<SystemdState>
  readonly journal: Journal
  /** What the recorder saw of every unit, settled. */
  readonly recorded: readonly UnitRecord[]
  readonly version: number
  /** What systemd-detect-virt(1) said on the recorded host. */
  readonly virtualization: string
  /** Whether a file is as the image had it. */
  isOfImage(path: string): boolean
  /** The same for all that lies below it. */
  isTreeOfImage(path: string): boolean
}

/** What a change of state costs on the virtual clock. */
const CHANGE_NS = 1_000

/** What PID 1 reads of an image's units at boot, by the image's own record of them. */
const readOfImage = new WeakMap<readonly UnitRecord[], UnitsRead>()

/** PID 1: units, jobs, and what becomes of the processes of services. */
export class Manager implements SystemdManager {
  readonly version: number
  readonly #parts: ManagerParts
  readonly #recorded: ReadonlyMap<string, UnitRecord>
  readonly #units: Units
  readonly #jobs: JobEngine
  #init: Process | undefined
  /** What happened while something else was worked on. */
  readonly #events: (() => void)[] = []
  #isBusy = false
  #hasBooted = true
  /** The units that a request is about. */
  readonly #asked = new Set<string>()
  /** Children that never got to their program. */
  readonly #refused = new Set<number>()
  /** Processes that are gone, and that nobody has looked after yet. */
  readonly #zombies = new Set<number>()
  #timers: { readonly runtimes: SystemdState['runtimes']; readonly nextNs: number } | undefined
  #sweptNs = -1
  readonly #unitFileStates = new WeakMap<UnitConfig, string>()

  constructor(parts: ManagerParts) {
    this.version = parts.version
    this.#parts = parts
    this.#recorded = new Map(parts.recorded.map(record => [record.id, record]))
    this.#units = new Units({
      cell: parts.cell,
      process: () => this.#initProcess,
      warn: (unit, message) => parts.journal.say(unit, message, 4),
      isBuiltIn: name => this.#isBuiltIn(name),
    })
    this.#jobs = new JobEngine(this.#jobHost())
    parts.system.scheduler.alarms = { nextNs: () => this.#nextTimerNs(), ring: () => this.#ring() }
  }

  async boot(init: Process): Promise<void> {
    this.#init = init
    this.#hasBooted = false
    this.#work(() => {
      const isUntouched = UNIT_PATH.every(path => this.#parts.isTreeOfImage(path))
      this.#readUnits(isUntouched)
      const recorded = recordedRuntimes({
        system: this.#system,
        recorded: this.#parts.recorded,
        config: id => this.#units.config(id),
        isOfImage: config => isUntouched || this.#isOfImage(config),
      })
      this.#units.changeAll(recorded)
      this.#jobs.enqueue('start', 'default.target')
    })
    await this.#system.scheduler.runAsync(() => this.#state.jobs.size === 0)
    this.#hasBooted = true
  }

  /** All that default.target leads to; what an image has is read once. */
  #readUnits(isUntouched: boolean): void {
    const { recorded } = this.#parts
    const known = isUntouched ? readOfImage.get(recorded) : undefined
    if (known !== undefined) this.#units.read = known
    else this.#units.loadClosure(['default.target', ...recorded.map(({ id }) => id)])
    if (isUntouched) readOfImage.set(recorded, this.#units.read)
  }

  fullName(name: string): string {
    if (/\.(?:service|socket|target|mount|automount|timer|path|slice|scope|swap|device)$/.test(name))
      return name
    return `${name}.service`
  }

  enqueue(verb: JobVerb, unit: string): Job | JobRefusal {
    return this.enqueueAll(verb, [unit])[0] ?? { error: 'NoSuchUnit', unit }
  }

  enqueueAll(verb: JobVerb, units: readonly string[]): readonly (Job | JobRefusal)[] {
    return this.#ask(() => units.map(unit => this.#enqueue(verb, unit)))
  }

  #enqueue(verb: JobVerb, unit: string): Job | JobRefusal {
    if (/@\.\w+$/.test(unit)) return { error: 'MissingInstance', unit }
    const { id, loadState } = this.#units.config(unit)
    const { activeState } = this.#units.runtime(id)
    if (verb === 'stop' && loadState === 'not-found' && activeState === 'inactive')
      return { error: 'NoSuchUnit', unit: id }
    this.#asked.add(id)
    const asked = this.#jobs.enqueue(verb, id)
    if (typeof asked === 'object') return asked
    const jobs = this.#jobs
    return {
      unit: id,
      verb,
      get result() {
        return asked === undefined ? 'done' : jobs.result(asked)
      },
    }
  }

  properties(name: string): UnitProperties {
    return this.#ask(() => {
      const config = this.#units.config(name)
      const { realtimeSeconds, monotonicNs } = this.#clock
      return unitProperties({
        config,
        runtime: this.#units.runtime(config.id),
        unitFileState: this.#unitFileState(config),
        needsReload: this.#units.isStale(config),
        bootSeconds: realtimeSeconds - monotonicNs / 1e9,
        graph: this.#units.graph,
      })
    })
  }

  /** u->unit_file_state: looked up once for a unit in memory. */
  #unitFileState(config: UnitConfig): string {
    const known = this.#unitFileStates.get(config)
    if (known !== undefined) return known
    const state = this.#installer.state(config.id) ?? ''
    this.#unitFileStates.set(config, state)
    return state
  }

  execStatuses(name: string): ReturnType<SystemdManager['execStatuses']> {
    const { id } = this.#units.config(name)
    const order = (kind: ExecKind): number => EXEC_KINDS.indexOf(kind)
    return [...this.#units.runtime(id).execStatuses]
      .sort((a, b) => order(a.kind) - order(b.kind) || a.index - b.index)
      .map(({ kind, argv, pid, exitCode }) => ({
        kind,
        argv,
        pid,
        exitWords: exitCode === undefined ? undefined : statusWords(exitCode),
      }))
  }

  processes(name: string): readonly number[] {
    return this.#cgroup(this.#units.config(name).id)
  }

  loadedUnits(): readonly string[] {
    return this.#ask(() => [...this.#state.configs.keys()].sort())
  }

  unitFiles(): readonly string[] {
    return this.#ask(() => this.#units.loader.path.names())
  }

  unitFileState(unit: string): string | undefined {
    return this.#ask(() => this.#installer.state(unit))
  }

  sources(name: string): ReturnType<SystemdManager['sources']> {
    return this.#ask(() => {
      const config = this.#units.config(name)
      if (config.loadState === 'not-found') return undefined
      return [config.fragmentPath, ...config.dropInPaths].map(path => ({
        path,
        text: this.#initProcess.exists(path) ? this.#initProcess.readText(path) : '',
      }))
    })
  }

  enable(units: readonly string[]): readonly UnitFileChange[] {
    return this.#changingFiles(() => this.#installer.enable(units))
  }

  disable(units: readonly string[]): readonly UnitFileChange[] {
    return this.#changingFiles(() => this.#installer.disable(units))
  }

  mask(units: readonly string[], isRuntime = false): readonly UnitFileChange[] {
    return this.#changingFiles(() => this.#installer.mask(units, isRuntime))
  }

  unmask(units: readonly string[], isRuntime = false): readonly UnitFileChange[] {
    return this.#changingFiles(() => this.#installer.unmask(units, isRuntime))
  }

  daemonReload(): void {
    this.#ask(() => this.#units.reload())
  }

  resetFailed(names: readonly string[]): void {
    this.#ask(() => {
      const ids = names.map(name => this.#units.config(name).id)
      for (const id of names.length > 0 ? ids : [...this.#state.runtimes.keys()]) this.#resetFailed(id)
    })
  }

  kill(name: string, signal: string): boolean {
    const { id } = this.#units.config(name)
    const short = signal.replace(/^SIG/, '')
    if (!isSignal(short)) throw new Unsimulated('systemctl', `--signal=${signal}`)
    return this.#ask(() => {
      const { mainPid, activeState } = this.#units.runtime(id)
      if (isInactiveOrFailed(activeState)) return false
      const comm = this.#system.kernel.processes.get(mainPid)?.comm
      if (comm !== undefined)
        this.#say(
          id,
          `${id}: Sent signal SIG${short} to main process ${mainPid} (${comm}) on client request.`,
        )
      const others = this.#cgroup(id).filter(pid => pid !== mainPid)
      for (const pid of [...(comm === undefined ? [] : [mainPid]), ...others]) this.#system.kill(pid, short)
      return true
    })
  }

  systemState(): string {
    if (this.#state.jobs.size > 0) return 'starting'
    return this.#state.runtimes.some(({ activeState }) => activeState === 'failed') ? 'degraded' : 'running'
  }

  processNotified(pid: number, message: string): void {
    this.#event(() => this.#serviceOf(pid)?.notified(pid, message))
  }

  processExited(pid: number, exitCode: number): void {
    this.#zombies.add(pid)
    this.#event(() => {
      this.#zombies.delete(pid)
      this.#refused.delete(pid)
      this.#serviceOf(pid)?.exited(pid, exitCode)
      for (const id of this.#emptied()) this.#service(id)?.cgroupEmptied()
    })
  }

  /** Services that wait for their last process, and have none. */
  #emptied(): readonly string[] {
    const waiting: string[] = []
    this.#state.runtimes.forEach(({ subState, main, activeState }, id) => {
      const isForking = subState === 'running' && main === undefined
      if (activeState === 'deactivating' ? /-sig/.test(subState) : isForking) waiting.push(id)
    })
    return waiting.filter(id => this.#cgroup(id).length === 0)
  }

  #serviceOf(pid: number): Service | undefined {
    const id = this.#state.runtimes.findKey(
      ({ mainPid, controlPid }) => mainPid === pid || controlPid === pid,
    )
    return id === undefined ? undefined : this.#service(id)
  }

  // Requests and events are worked on one after the other, each to its end.

  /** What nothing keeps is forgotten when PID 1 has had time for it: not between two questions of one program. */
  #ask<T>(request: () => T): T {
    const now = this.#clock.monotonicNs
    this.#units.forgetFiles()
    if (now !== this.#sweptNs) this.#units.sweep()
    this.#sweptNs = now
    this.#asked.clear()
    return this.#work(request)
  }

  #event(action: () => void): void {
    this.#events.push(action)
    if (!this.#isBusy) this.#work(() => undefined)
  }

  #work<T>(action: () => T): T {
    if (this.#isBusy) return action()
    this.#isBusy = true
    try {
      const result = action()
      // The run queue has the lowest priority of PID 1's event sources.
      do {
        for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) event()
        this.#jobs.run()
      } while (this.#events.length > 0)
      return result
    } finally {
      this.#isBusy = false
    }
  }

  /** Asked at every step of the scheduler, so kept as long as nothing changes. */
  #nextTimerNs(): number {
    const { runtimes } = this.#state
    if (this.#timers?.runtimes === runtimes) return this.#timers.nextNs
    let nextNs = Number.POSITIVE_INFINITY
    runtimes.forEach(({ timerNs }) => {
      if (timerNs !== undefined && timerNs < nextNs) nextNs = timerNs
    })
    this.#timers = { runtimes, nextNs }
    return nextNs
  }

  #ring(): void {
    const now = this.#clock.monotonicNs
    for (const [id, { timerNs }] of this.#state.runtimes)
      if (timerNs !== undefined && timerNs <= now) this.#event(() => this.#service(id)?.timerElapsed())
  }

  #jobHost(): JobHost {
    const units = this.#units
    const state = (): SystemdState => this.#state
    const put = (jobs: SystemdState['jobs'], nextJobId = state().nextJobId): void => {
      this.#parts.cell.value = { ...state(), jobs, nextJobId }
    }
    return {
      get graph() {
        return units.graph
      },
      get installed() {
        return state().jobs
      },
      config: name => units.config(name),
      runtime: id => units.runtime(id),
      hasJob: id => state().jobs.has(id),
      install: job => {
        const { jobs, nextJobId } = state()
        const installed: InstalledJob = { ...job, id: nextJobId }
        put(jobs.set(job.unit, installed), nextJobId + 1)
        return installed
      },
      uninstall: unit => put(state().jobs.delete(unit)),
      replace: job => put(state().jobs.set(job.unit, job)),
      perform: (type, unit) => this.#perform(type, unit),
      unmet: unit => units.runtime(unit).unmet,
      title: unit => this.#title(unit),
      say: (unit, message, priority) => this.#say(unit, message, priority),
    }
  }

  #perform(type: 'start' | 'stop' | 'reload', id: string): Outcome {
    const { activeState } = this.#units.runtime(id)
    if (type === 'start') return this.#start(id, activeState)
    if (type === 'stop') {
      if (isInactiveOrFailed(activeState)) return 'already'
      return this.#service(id)?.stop() ?? this.#setPassive(id, 'stop')
    }
    if (activeState === 'reloading') return 'again'
    if (activeState !== 'active') {
      this.#say(id, `${id}: Unit cannot be reloaded because it is inactive.`, 4)
      return 'not-active'
    }
    return this.#service(id)?.reload() ?? 'already'
  }

  /** unit_start(): conditions, asserts, the start limit, then the unit itself. */
  #start(id: string, activeState: ActiveState): Outcome {
    if (isActiveOrReloading(activeState)) return 'already'
    const config = this.#units.config(id)
    if (this.#isSkippedAsRecorded(config)) return 'already'
    if (activeState !== 'activating') {
      const host = { process: this.#initProcess, virtualization: this.#parts.virtualization }
      const unmet = unmetCondition(host, config.conditions, 'Condition')
      this.#units.change(id, { conditionResult: unmet === undefined, unmet })
      if (unmet !== undefined) return 'condition'
      if (unmetCondition(host, config.conditions, 'Assert') !== undefined) {
        this.#say(id, `${id}: Starting requested but asserts failed.`, 5)
        return 'assert'
      }
    }
    const service = this.#service(id)
    if (service === undefined) return this.#setPassive(id, 'start')
    if (!this.#countStart(config)) {
      this.#say(id, `${id}: Start request repeated too quickly.`, 4)
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
    if (config.id.endsWith('.target') || this.#recorded.get(config.id)?.activeState !== 'inactive')
      return false
    return !this.#asked.has(config.id) && this.#isOfImage(config)
  }

  /** Targets are active when they are reached, slices when something is in them; what else there is was recorded. */
  #setPassive(id: string, verb: 'start' | 'stop'): Outcome {
    const record = this.#recorded.get(id)
    const isSimple = /\.(?:target|slice)$/.test(id)
    if (!isSimple && (verb === 'stop' || record?.activeState !== 'active'))
      throw new Unsimulated('systemd', `to ${verb} ${id}`)
    const before = this.#units.runtime(id).activeState
    const isStart = verb === 'start'
    this.#units.change(id, {
      activeState: isStart ? 'active' : 'inactive',
      subState: isStart ? (isSimple ? 'active' : (record?.subState ?? 'active')) : 'dead',
    })
    this.#notify(id, before, { isReloadFailed: false, isRestarting: false })
    return 'begun'
  }

  /** ratelimit_below(): false when it is one too many for StartLimitBurst=. */
  #countStart({ id, startLimit }: UnitConfig): boolean {
    const { intervalNs, burst } = startLimit
    if (intervalNs === 0 || burst === 0) return true
    const now = this.#clock.monotonicNs
    const { startsNs } = this.#units.runtime(id)
    const [first] = startsNs
    const isNewWindow = first === undefined || first + intervalNs < now
    if (!isNewWindow && startsNs.length >= burst) return false
    this.#units.change(id, { startsNs: isNewWindow ? [now] : [...startsNs, now] })
    return true
  }

  /** unit_notify(): a low-level change of state. */
  #notify(id: string, before: ActiveState, change: StateChange): void {
    const { activeState: now } = this.#units.runtime(id)
    // What was said before this change is older than it.
    this.#clock.advance(CHANGE_NS)
    const nowNs = this.#clock.monotonicNs
    const isDown = isInactiveOrFailed
    this.#units.change(id, {
      stateChangeNs: nowNs,
      ...(isDown(before) && !isDown(now) ? { inactiveExitNs: nowNs } : {}),
      ...(!isDown(before) && isDown(now) ? { inactiveEnterNs: nowNs } : {}),
      ...(!isActiveOrReloading(before) && isActiveOrReloading(now) ? { activeEnterNs: nowNs } : {}),
      ...(isActiveOrReloading(before) && !isActiveOrReloading(now) ? { activeExitNs: nowNs } : {}),
    })
    const isUnexpected = this.#jobs.process(id, now, change.isReloadFailed)
    if (isUnexpected) this.#propagateUnexpected(id, before, now)
    if (now !== before && now === 'failed' && !change.isRestarting) this.#trigger(id, 'OnFailure')
    const isOver = now === 'inactive' && !isDown(before) && !change.isRestarting
    if (isOver) this.#trigger(id, 'OnSuccess')
    if (isDown(now)) this.#stopBound(id)
  }

  /** retroactively_start_dependencies() and retroactively_stop_dependencies(). */
  #propagateUnexpected(id: string, before: ActiveState, now: ActiveState): void {
    const { graph } = this.#units
    const isGoingDown = isInactiveOrFailed(now) || now === 'deactivating'
    if (isActiveOrActivating(before) && isGoingDown) {
      for (const other of graph.by(id, 'BindsTo'))
        if (isActiveOrActivating(this.#units.runtime(other).activeState)) this.#jobs.enqueue('stop', other)
      return
    }
    if (!isInactiveOrFailed(before) || !isActiveOrActivating(now)) return
    const after = new Set(graph.after(id))
    for (const other of graph.of(id, 'Requires', 'BindsTo'))
      if (!after.has(other) && isInactiveOrFailed(this.#units.runtime(other).activeState))
        this.#jobs.enqueue('start', other)
  }

  /** unit_submit_to_stop_when_bound_queue(): what cannot be active without this one. */
  #stopBound(id: string): void {
    const { graph } = this.#units
    for (const other of graph.by(id, 'BindsTo'))
      if (isActiveOrReloading(this.#units.runtime(other).activeState) && !this.#state.jobs.has(id))
        this.#event(() => {
          if (isInactiveOrFailed(this.#units.runtime(id).activeState) && !this.#state.jobs.has(id))
            this.#jobs.enqueue('stop', other)
        })
  }

  #trigger(id: string, kind: 'OnFailure' | 'OnSuccess'): void {
    for (const other of this.#units.graph.of(id, kind)) {
      this.#say(id, `${id}: Triggering ${kind}= dependencies.`)
      this.#jobs.enqueue('start', other)
    }
  }

  #service(id: string): Service | undefined {
    const config = this.#units.config(id)
    const { service } = config
    if (service === undefined) return undefined
    const { processes } = this.#system.kernel
    return new Service({
      config,
      service,
      nowNs: this.#clock.monotonicNs,
      get: () => this.#units.runtime(id),
      change: change => this.#units.change(id, change),
      notify: (before, change) => this.#notify(id, before, change),
      spawn: (kind, index) => this.#spawn(config, service, { kind, index }),
      isExecuted: pid => !this.#refused.has(pid),
      later: action => this.#event(action),
      isAlive: pid => pid !== 0 && (processes.get(pid) !== undefined || this.#zombies.has(pid)),
      cgroup: () => this.#cgroup(id),
      kill: (pid, signal) => {
        if (processes.get(pid) !== undefined) this.#system.kill(pid, signal)
      },
      hasJob: type => this.#state.jobs.get(id)?.type === type,
      enqueueRestart: () => typeof this.#jobs.enqueue('restart', id) === 'number',
      say: (message, priority) => this.#say(id, message, priority),
    })
  }

  #spawn(
    config: UnitConfig,
    service: ServiceConfig,
    { kind, index }: { kind: ExecKind; index: number },
  ): number | string {
    const command = service.commands[kind][index]
    if (command === undefined) throw new Error(`no ${kind} ${index} in ${config.id}`)
    const record = this.#isOfImage(config) ? this.#recorded.get(config.id) : undefined
    const spawned: Spawned | string = spawnCommand(command, {
      init: this.#initProcess,
      journal: this.#parts.journal,
      config,
      service,
      variables: this.#variables(config.id, service, kind),
      recordedProgram: recordedProgram(record, kind),
    })
    if (typeof spawned === 'string') return spawned
    if (!spawned.isExecuted) this.#refused.add(spawned.pid)
    return spawned.pid
  }

  /** systemd.exec(5), "Environment Variables in Spawned Processes". */
  #variables(id: string, service: ServiceConfig, kind: ExecKind): Readonly<Record<string, string>> {
    const { mainPid, main, result } = this.#units.runtime(id)
    const exit = main?.exitCode
    const isOver = kind === 'ExecStop' || kind === 'ExecStopPost'
    const signal = exit === undefined ? undefined : signalOf(exit)
    return {
      ...(service.type === 'notify' ? { NOTIFY_SOCKET: '/run/systemd/notify' } : {}),
      ...(kind !== 'ExecStart' && mainPid !== 0 ? { MAINPID: String(mainPid) } : {}),
      ...(isOver ? { SERVICE_RESULT: result } : {}),
      ...(isOver && exit !== undefined
        ? { EXIT_CODE: signal === undefined ? 'exited' : 'killed', EXIT_STATUS: signal ?? String(exit) }
        : {}),
    }
  }

  #resetFailed(id: string): void {
    const { activeState } = this.#units.runtime(id)
    const reset = { result: 'success', reloadResult: 'success', nRestarts: 0, startsNs: [] } as const
    if (activeState === 'failed')
      this.#units.change(id, { ...reset, activeState: 'inactive', subState: 'dead' })
    else this.#units.change(id, reset)
  }

  #cgroup(id: string): readonly number[] {
    const path = controlGroup(id)
    return [...this.#system.kernel.processes.all.values()]
      .filter(({ cgroup }) => cgroup === path || cgroup.startsWith(`${path}/`))
      .map(({ pid }) => pid)
  }

  /** Slices, and what the kernel or the root of all told PID 1 of: no file says anything about them. */
  #isBuiltIn(name: string): boolean {
    const record = this.#recorded.get(name)
    return name.endsWith('.slice') || (record?.loadState === 'loaded' && record.fragmentPath === '')
  }

  #isOfImage(config: UnitConfig): boolean {
    return [config.fragmentPath, ...config.dropInPaths].every(
      path => path === '' || this.#parts.isOfImage(path),
    )
  }

  #changingFiles<T>(change: () => T): T {
    return this.#ask(() => {
      const result = change()
      this.#units.forgetFiles()
      this.#units.reload()
      return result
    })
  }

  #title(id: string): string {
    const { description } = this.#units.config(id)
    return description === id ? id : `${id} - ${description}`
  }

  /** Before journald is there, PID 1 writes to the kernel's log, from where it comes without the unit's name. */
  #say(unit: string, message: string, priority?: number): void {
    const isEarly =
      !this.#hasBooted && !isActiveOrReloading(this.#units.runtime('sysinit.target').activeState)
    this.#parts.journal.say(isEarly ? '' : unit, message, priority)
  }

  get #state(): SystemdState {
    return this.#parts.cell.value
  }

  get #system(): System {
    return this.#parts.system
  }

  get #clock(): System['clock'] {
    return this.#parts.system.clock
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

  get #installer(): UnitInstaller {
    const warn = (unit: string, message: string): void => this.#say(unit, message, 4)
    return new UnitInstaller(this.#initProcess, this.#units.loader, warn)
  }
}

const isSignal = (name: string): name is SignalName => Object.hasOwn(SIGNAL_NUMBER, name)
