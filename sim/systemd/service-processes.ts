import { Unsimulated } from '../../src/host/host.ts'
import { SIGNAL_NUMBER, type SignalName } from '../process.ts'
import { controlGroup, type Spawned, spawnCommand } from './exec.ts'
import { signalOf } from './exit-status.ts'
import type { Pid1 } from './pid1.ts'
import { recordedProgram } from './recorded.ts'
import { Service } from './service.ts'
import {
  type ExecKind,
  isActiveOrActivating,
  isInactiveOrFailed,
  type ServiceConfig,
  type SystemdState,
  type UnitConfig,
} from './state.ts'

/** The processes of services: which unit each belongs to, and what PID 1 hears of it. */
export class ServiceProcesses {
  readonly #pid1: Pid1
  /** Children that never got to their program. */
  readonly #refused = new Set<number>()
  /** Processes that are gone, and that nobody has looked after yet. */
  readonly #zombies = new Set<number>()

  constructor(pid1: Pid1) {
    this.#pid1 = pid1
  }

  notified(pid: number, message: string): void {
    this.#pid1.events.post(() => this.#serviceOf(pid)?.notified(pid, message))
  }

  exited(pid: number, exitCode: number): void {
    this.#zombies.add(pid)
    this.#pid1.events.post(() => {
      this.#zombies.delete(pid)
      this.#refused.delete(pid)
      const id = this.#unitOf(pid)
      if (id?.endsWith('.mount')) this.#pid1.states.mountExited(id, exitCode)
      else if (id !== undefined) this.service(id)?.exited(pid, exitCode)
      for (const id of this.#emptied()) this.service(id)?.cgroupEmptied()
    })
  }

  /** unit_kill_common(): false when there is nothing to kill. */
  kill(id: string, signal: string): boolean {
    const short = signal.replace(/^SIG/, '')
    if (!isSignal(short)) throw new Unsimulated('systemctl', `--signal=${signal}`)
    const { system } = this.#pid1.parts
    const { mainPid, activeState } = this.#pid1.units.runtime(id)
    if (isInactiveOrFailed(activeState)) return false
    const comm = system.kernel.processes.get(mainPid)?.comm
    const main = `main process ${mainPid} (${comm})`
    if (comm !== undefined) this.#pid1.say(id, `${id}: Sent signal SIG${short} to ${main} on client request.`)
    const others = this.cgroup(id).filter(pid => pid !== mainPid)
    const { killedWords } = this.#pid1.parts.release
    if (killedWords !== undefined && (short === 'KILL' || others.length > 0))
      this.#pid1.say(id, `${id}: ${killedWords.replace('%g', controlGroup(id)).replace('%s', `SIG${short}`)}`)
    for (const pid of [...(comm === undefined ? [] : [mainPid]), ...others]) system.kill(pid, short)
    return true
  }

  /** The service of a unit, ready for its next event. */
  service(id: string): Service | undefined {
    const config = this.#pid1.units.config(id)
    const { service } = config
    if (service === undefined) return undefined
    const { processes } = this.#pid1.parts.system.kernel
    return new Service({
      config,
      service,
      nowNs: this.#pid1.parts.system.clock.monotonicNs,
      release: this.#pid1.parts.release,
      get: () => this.#pid1.units.runtime(id),
      change: change => this.#pid1.units.change(id, change),
      notify: (before, change) => this.#pid1.states.notify(id, before, change),
      spawn: (kind, index) => this.#spawn(config, service, { kind, index }),
      isExecuted: pid => !this.#refused.has(pid),
      later: action => this.#pid1.events.post(action),
      isAlive: pid => pid !== 0 && (processes.get(pid) !== undefined || this.#zombies.has(pid)),
      cgroup: () => this.cgroup(id),
      nameOf: pid => processes.get(pid)?.comm ?? 'n/a',
      kill: (pid, signal) => {
        if (processes.get(pid) !== undefined) this.#pid1.parts.system.kill(pid, signal)
      },
      hasJob: type => this.#pid1.parts.cell.value.jobs.get(id)?.type === type,
      enqueueRestart: () => this.#enqueueRestart(id),
      say: (message, priority) => this.#pid1.say(id, message, priority),
    })
  }

  /** A restart job, or a start job that restarts what depends on the unit (TRANSACTION_REENQUEUE_ANCHOR). */
  #enqueueRestart(id: string): boolean {
    const { jobs, units, parts } = this.#pid1
    if (!parts.release.restartsByStartJob) return typeof jobs.enqueue('restart', id) === 'number'
    const dependents = units.graph.by(id, 'Requires', 'Requisite', 'BindsTo', 'PartOf')
    for (const other of dependents)
      if (isActiveOrActivating(units.runtime(other).activeState)) jobs.enqueue('restart', other)
    return typeof jobs.enqueue('start', id) === 'number'
  }

  #spawn(
    config: UnitConfig,
    service: ServiceConfig,
    { kind, index }: { kind: ExecKind; index: number },
  ): number | string {
    const command = service.commands[kind][index]
    if (command === undefined) throw new Error(`no ${kind} ${index} in ${config.id}`)
    const record = this.#pid1.isOfImage(config) ? this.#pid1.recordOf(config.id) : undefined
    const spawned: Spawned | string = spawnCommand(command, {
      init: this.#pid1.init,
      journal: this.#pid1.parts.journal,
      config,
      service,
      variables: this.#variables(config.id, service, kind),
      recordedProgram: recordedProgram(record, kind),
      release: this.#pid1.parts.release,
    })
    if (typeof spawned === 'string') return spawned
    if (!spawned.isExecuted) this.#refused.add(spawned.pid)
    return spawned.pid
  }

  /** systemd.exec(5), "Environment Variables in Spawned Processes". */
  #variables(id: string, service: ServiceConfig, kind: ExecKind): Readonly<Record<string, string>> {
    const { mainPid, main, result } = this.#pid1.units.runtime(id)
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

  /** Services that wait for their last process, and have none. */
  #emptied(): readonly string[] {
    const { waiting } = processesOf(this.#pid1.parts.cell.value.runtimes)
    return waiting.filter(id => this.cgroup(id).length === 0)
  }

  #serviceOf(pid: number): Service | undefined {
    const id = this.#unitOf(pid)
    return id === undefined ? undefined : this.service(id)
  }

  #unitOf(pid: number): string | undefined {
    return processesOf(this.#pid1.parts.cell.value.runtimes).units.get(pid)
  }

  /** Pids in a unit's control group. */
  cgroup(id: string): readonly number[] {
    const path = controlGroup(id)
    return [...this.#pid1.parts.system.kernel.processes.all.values()]
      .filter(({ cgroup }) => cgroup === path || cgroup.startsWith(`${path}/`))
      .map(({ pid }) => pid)
  }
}

/** What the states of all units say of processes. */
interface KnownProcesses {
  /** The unit of each main or control process. */
  readonly units: ReadonlyMap<number, string>
  /** Services that wait for their last process. */
  readonly waiting: readonly string[]
}

/** Every process that ends asks for it, and hardly any of them changes it. */
const known = new WeakMap<SystemdState['runtimes'], KnownProcesses>()

function processesOf(runtimes: SystemdState['runtimes']): KnownProcesses {
  const found = known.get(runtimes)
  if (found !== undefined) return found
  const units = new Map<number, string>()
  const waiting: string[] = []
  runtimes.forEach(({ subState, main, activeState, mainPid, controlPid }, id) => {
    for (const pid of [mainPid, controlPid]) if (pid !== 0 && !units.has(pid)) units.set(pid, id)
    const isForking = subState === 'running' && main === undefined
    if (activeState === 'deactivating' ? /-sig/.test(subState) : isForking) waiting.push(id)
  })
  const processes = { units, waiting }
  known.set(runtimes, processes)
  return processes
}

const isSignal = (name: string): name is SignalName => Object.hasOwn(SIGNAL_NUMBER, name)
