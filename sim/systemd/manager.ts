import type { UnitRecord } from '../../src/format/image.ts'
import type {
  Job,
  JobRefusal,
  JobVerb,
  Shutdown,
  SystemdManager,
  UnitFileChange,
  UnitProperties,
} from '../bus.ts'
import type { SystemdRelease } from '../formats/systemd-release.ts'
import { Process, type System } from '../process.ts'
import { bootPlan } from './boot.ts'
import { EventLoop } from './event-loop.ts'
import { statusWords } from './exit-status.ts'
import { generateMounts } from './fstab-generator.ts'
import { UnitInstaller } from './install.ts'
import { jobHost } from './job-host.ts'
import { JobEngine } from './jobs.ts'
import type { ManagerParts, Pid1 } from './pid1.ts'
import { Presets } from './presets.ts'
import { type PropertiesOf, unitProperties } from './properties.ts'
import { ServiceProcesses } from './service-processes.ts'
import {
  EXEC_KINDS,
  type ExecKind,
  isActiveOrReloading,
  type SystemdState,
  type UnitConfig,
} from './state.ts'
import { Timers } from './timers.ts'
import { unitPath } from './unit-path.ts'
import { UnitStates } from './unit-states.ts'
import { Units, type UnitsRead } from './units.ts'

type FileState = Pick<PropertiesOf, 'unitFileState' | 'preset'>

/** What PID 1 reads of an image's units at boot, by the image's own record of them. */
const readOfImage = new WeakMap<readonly UnitRecord[], UnitsRead>()

const byId = new WeakMap<readonly UnitRecord[], ReadonlyMap<string, UnitRecord>>()

/** An image's records of units by name; the same for all its machines. */
function recordsById(recorded: readonly UnitRecord[]): ReadonlyMap<string, UnitRecord> {
  const known = byId.get(recorded)
  if (known !== undefined) return known
  const records = new Map(recorded.map(record => [record.id, record]))
  byId.set(recorded, records)
  return records
}

/** PID 1: units, jobs, and what becomes of the processes of services. */
export class Manager implements SystemdManager {
  readonly release: SystemdRelease
  readonly #parts: ManagerParts
  readonly #recorded: ReadonlyMap<string, UnitRecord>
  readonly #units: Units
  readonly #jobs: JobEngine
  #init: Process | undefined
  readonly #events: EventLoop
  readonly #processes: ServiceProcesses
  readonly #states: UnitStates
  #hasBooted = true
  /** The units that a request is about. */
  readonly #asked = new Set<string>()
  #sweptNs = -1
  /** Whether the packages' units are the image's: looked at once in a request. */
  #isVendorOfImage: boolean | undefined
  readonly #fileStates = new WeakMap<UnitConfig, FileState>()

  constructor(parts: ManagerParts) {
    this.release = parts.release
    this.#parts = parts
    this.#recorded = recordsById(parts.recorded)
    this.#units = new Units({
      cell: parts.cell,
      process: () => this.#initProcess,
      warn: (unit, message) => parts.journal.say(unit, message, 4),
      builtIn: name => this.#builtIn(name),
      image: () => this.#imageUnits(),
      release: parts.release,
    })
    const pid1 = this.#pid1()
    this.#jobs = new JobEngine(jobHost(pid1))
    this.#events = new EventLoop(() => this.#jobs.run())
    this.#processes = new ServiceProcesses(pid1)
    this.#states = new UnitStates(pid1)
    const timers = new Timers(pid1)
    parts.system.scheduler.alarms = { nextNs: () => timers.nextNs(), ring: () => timers.ring() }
  }

  async boot(init: Process): Promise<void> {
    this.#init = init
    this.#hasBooted = false
    this.#setHostname()
    this.#generate()
    this.#events.work(() => {
      const isUntouched = unitPath(this.release).every(path => this.#parts.isTreeOfImage(path))
      this.#readUnits(isUntouched)
      const { runtimes, targets } = bootPlan({
        system: this.#system,
        recorded: this.#parts.recorded,
        config: id => this.#units.config(id),
        isOfImage: config => isUntouched || this.#isOfImage(config),
      })
      this.#units.changeAll(runtimes)
      for (const target of ['default.target', ...targets])
        if (!this.#state.jobs.has(target)) this.#jobs.enqueue('start', target)
    })
    await this.#system.scheduler.runAsync(() => this.#state.jobs.size === 0)
    this.#hasBooted = true
  }

  /** Generators make again what they made of the image's own files. */
  #generate(): void {
    const { isOfImage, isTreeOfImage } = this.#parts
    const isAsRecorded = this.#initProcess.exists('/etc/fstab') && isOfImage('/etc/fstab')
    if (!isAsRecorded || !isTreeOfImage('/run/systemd/generator'))
      generateMounts(this.#initProcess, this.release)
  }

  /** hostname_setup(): what /etc/hostname says, where somebody has changed that. */
  #setHostname(): void {
    if (!this.#initProcess.exists('/etc/hostname') || this.#parts.isOfImage('/etc/hostname')) return
    const names = this.#initProcess.readText('/etc/hostname').split('\n')
    const nodename = names.map(line => line.trim()).find(line => line !== '' && !line.startsWith('#'))
    const { uts } = this.#system.kernel
    if (nodename !== undefined) uts.value = { ...uts.value, nodename }
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
        ...this.#fileState(config),
        needsReload: this.#units.isStale(config),
        bootSeconds: realtimeSeconds - monotonicNs / 1e9,
        graph: this.#units.graph,
        release: this.release,
        job: this.#state.jobs.get(config.id)?.id,
      })
    })
  }

  /** u->unit_file_state and u->unit_file_preset: looked up once for a unit in memory. */
  #fileState(config: UnitConfig): FileState {
    const known = this.#fileStates.get(config)
    if (known !== undefined) return known
    const preset = config.fragmentPath === '' ? '' : this.#presets.of(baseName(config.fragmentPath))
    const state = { unitFileState: this.#installer.state(config.id) ?? '', preset } as const
    this.#fileStates.set(config, state)
    return state
  }

  get #presets(): Presets {
    return new Presets(this.#initProcess)
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
    return this.#processes.cgroup(this.#units.config(name).id)
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

  unitFilePresets(units: readonly string[]): ReturnType<SystemdManager['unitFilePresets']> {
    const presets = this.#presets
    return { presets: units.map(unit => presets.of(unit)), complaints: presets.complaints }
  }

  preset(units: readonly string[]): readonly UnitFileChange[] {
    const presets = this.#presets
    const wanted = units.filter(unit => presets.of(unit) === 'enabled')
    const unwanted = units.filter(unit => presets.of(unit) === 'disabled')
    return this.#changingFiles(() => [
      ...this.#installer.disable(unwanted),
      ...this.#installer.enable(wanted),
    ])
  }

  link(paths: readonly string[]): readonly UnitFileChange[] {
    return this.#changingFiles(() => this.#installer.link(paths))
  }

  addDependency(
    kind: 'wants' | 'requires',
    target: string,
    units: readonly string[],
  ): readonly UnitFileChange[] {
    return this.#changingFiles(() => this.#installer.addDependency(kind, target, units))
  }

  setDefault(target: string): readonly UnitFileChange[] {
    return this.#changingFiles(() => this.#installer.setDefault(target))
  }

  jobs(): ReturnType<SystemdManager['jobs']> {
    return [...this.#state.jobs.values()]
      .sort((a, b) => a.id - b.id)
      .map(({ id, unit, type, isRunning }) => ({ id, unit, type, state: isRunning ? 'running' : 'waiting' }))
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

  get shutdown(): Shutdown | undefined {
    return this.#state.shutdown
  }

  set shutdown(shutdown: Shutdown | undefined) {
    const { cell } = this.#parts
    cell.value = { ...cell.value, shutdown }
  }

  daemonReload(): void {
    this.#ask(() => {
      this.#generate()
      this.#units.reload()
      if (this.release.reloadForgetsStarts) this.#forgetStarts()
    })
  }

  #forgetStarts(): void {
    for (const [id, { startsNs }] of this.#state.runtimes)
      if (startsNs.length > 0) this.#units.change(id, { startsNs: [] })
  }

  resetFailed(names: readonly string[]): void {
    this.#ask(() => {
      const ids = names.map(name => this.#units.config(name).id)
      for (const id of names.length > 0 ? ids : [...this.#state.runtimes.keys()]) this.#resetFailed(id)
    })
  }

  kill(name: string, signal: string): boolean {
    const { id } = this.#units.config(name)
    return this.#ask(() => this.#processes.kill(id, signal))
  }

  systemState(): string {
    if (this.#state.jobs.size > 0) return 'starting'
    return this.#state.runtimes.some(({ activeState }) => activeState === 'failed') ? 'degraded' : 'running'
  }

  processNotified(pid: number, message: string): void {
    this.#processes.notified(pid, message)
  }

  processExited(pid: number, exitCode: number): void {
    this.#processes.exited(pid, exitCode)
  }

  // Requests and events are worked on one after the other, each to its end.

  /** What nothing keeps is forgotten when PID 1 has had time for it: not between two questions of one program. */
  #ask<T>(request: () => T): T {
    const now = this.#clock.monotonicNs
    this.#units.forgetFiles()
    this.#isVendorOfImage = undefined
    if (now !== this.#sweptNs) this.#units.sweep()
    this.#sweptNs = now
    this.#asked.clear()
    return this.#events.work(request)
  }

  #pid1(): Pid1 {
    const manager = this
    return {
      parts: this.#parts,
      units: this.#units,
      get jobs() {
        return manager.#jobs
      },
      get events() {
        return manager.#events
      },
      asked: this.#asked,
      get processes() {
        return manager.#processes
      },
      get states() {
        return manager.#states
      },
      get init() {
        return manager.#initProcess
      },
      recordOf: id => this.#recorded.get(id),
      isOfImage: config => this.#isOfImage(config),
      title: id => this.#title(id),
      say: (unit, message, priority) => this.#say(unit, message, priority),
    }
  }

  #resetFailed(id: string): void {
    const { activeState } = this.#units.runtime(id)
    const reset = { result: 'success', reloadResult: 'success', nRestarts: 0, startsNs: [] } as const
    if (activeState === 'failed')
      this.#units.change(id, { ...reset, activeState: 'inactive', subState: 'dead' })
    else this.#units.change(id, reset)
  }

  #imageUnits(): UnitsRead | undefined {
    const { recorded, isTreeOfImage } = this.#parts
    this.#isVendorOfImage ??= isTreeOfImage(this.release.vendorPath)
    return this.#isVendorOfImage ? readOfImage.get(recorded) : undefined
  }

  /** Slices, and what the kernel or the root of all told PID 1 of: no file says anything about them. */
  #builtIn(name: string): string | undefined {
    const record = this.#recorded.get(name)
    const isTold = record?.loadState === 'loaded' && record.fragmentPath === ''
    return isTold || name.endsWith('.slice') ? (record?.description ?? '') : undefined
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

  /** unit_status_string(). */
  #title(id: string): string {
    const { description } = this.#units.config(id)
    return description === id || !this.release.words.namesUnits ? description : `${id} - ${description}`
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
    const { loader } = this.#units
    return new UnitInstaller({ process: this.#initProcess, loader, warn, release: this.release })
  }
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
