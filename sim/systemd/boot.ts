import type { UnitRecord } from '../../src/format/image.ts'
import type { System } from '../process.ts'
import { controlGroup } from './exec.ts'
import { DEAD, type UnitConfig, type UnitRuntime } from './state.ts'

export interface BootParts {
  readonly system: System
  readonly recorded: readonly UnitRecord[]
  config(id: string): UnitConfig
  /** Whether the unit's files are the image's. */
  isOfImage(config: UnitConfig): boolean
}

/** Units of the image whose programs are modelled: their start is never taken from the recording. */
const MODELLED = /^(?:systemd-modules-load|systemd-sysctl|containerd|kubelet)\.service$/

export interface BootPlan {
  /**
   * Units that are as the recorder saw them before the first job runs: what is active there, unchanged on disk, and not
   * modelled here (journald, udev, logind, mounts …).
   */
  readonly runtimes: ReadonlyMap<string, UnitRuntime>
  /** Targets that were active there: default.target alone does not lead to those that such a unit pulled in. */
  readonly targets: readonly string[]
}

/** What of the recording comes up by itself; all else is started by its own unit. */
export function bootPlan(parts: BootParts): BootPlan {
  const wanted = wantedBy('default.target', parts)
  const runtimes = new Map<string, UnitRuntime>()
  const targets: string[] = []
  for (const record of parts.recorded) {
    if (record.activeState !== 'active' || MODELLED.test(record.id)) continue
    // Those that no link enables were pulled in by sockets, mounts and generators: nobody can have disabled them.
    if (/^enabled/.test(record.unitFileState) && !wanted.has(record.id)) continue
    const config = parts.config(record.id)
    if (config.loadState !== 'loaded' || !parts.isOfImage(config)) continue
    if (record.id.endsWith('.target')) targets.push(record.id)
    else runtimes.set(record.id, runtimeOf(record, config, parts.system))
  }
  return { runtimes, targets }
}

function runtimeOf(record: UnitRecord, config: UnitConfig, system: System): UnitRuntime {
  const nowNs = system.clock.monotonicNs
  const active: UnitRuntime = {
    ...DEAD,
    activeState: 'active',
    subState: record.subState,
    conditionResult: true,
    stateChangeNs: nowNs,
    inactiveExitNs: nowNs,
    activeEnterNs: nowNs,
  }
  if (record.subState !== 'running' || config.service === undefined) return active
  const pid = recordedProcess(config, system)
  return pid === undefined ? active : { ...active, mainPid: pid, main: { pid, startNs: nowNs } }
}

/** A daemon that was there: a process that waits for its end, without a program. */
function recordedProcess({ id, service }: UnitConfig, system: System): number | undefined {
  const command = service?.commands.ExecStart[0]
  if (command === undefined) return undefined
  const { processes } = system.kernel
  const pid = processes.nextPid()
  processes.add({
    pid,
    ppid: 1,
    comm: command.path.slice(command.path.lastIndexOf('/') + 1).slice(0, 15),
    argv: command.argv,
    exe: command.path,
    uid: 0,
    startNs: system.clock.monotonicNs,
    cgroup: controlGroup(id),
    exitCodeOnTerm: 0,
  })
  return pid
}

/** Everything that a target requires or wants, by id. */
function wantedBy(target: string, { config }: BootParts): ReadonlySet<string> {
  const found = new Set<string>()
  const pending = [target]
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const { id, dependencies } = config(name)
    if (found.has(id)) continue
    found.add(id)
    const { Requires = [], BindsTo = [], Wants = [] } = dependencies
    pending.push(...Requires, ...BindsTo, ...Wants)
  }
  return found
}
