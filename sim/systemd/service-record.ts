import { isCleanExit, signalOf } from './exit-status.ts'
import type { ServiceContext } from './service-context.ts'
import { ACTIVE_STATES, HAS_CONTROL, HAS_MAIN, HAS_TIMER, STARTING } from './service-states.ts'
import {
  type ExecKind,
  type ExecStatus,
  FOREVER_NS,
  type ServiceResult,
  type ServiceState,
  type UnitRuntime,
} from './state.ts'

/** What a service remembers and owns: its state, its result, its processes and its time limit. */
export class ServiceRecord {
  readonly context: ServiceContext

  constructor(context: ServiceContext) {
    this.context = context
  }

  get runtime(): UnitRuntime {
    return this.context.get()
  }

  say(message: string, priority = 6): void {
    this.context.say(`${this.context.config.id}: ${message}`, priority)
  }

  setState(subState: ServiceState, isRestarting = false): void {
    const { activeState: before, reloadResult } = this.runtime
    const isIdle = this.context.service.type === 'idle' && STARTING.includes(subState)
    this.context.change({
      subState,
      activeState: isIdle ? 'active' : ACTIVE_STATES[subState],
      ...(HAS_TIMER.includes(subState) ? {} : { timerNs: undefined }),
      ...(HAS_MAIN.includes(subState) ? {} : { mainPid: 0, mainIndex: undefined }),
      ...(HAS_CONTROL.includes(subState) ? {} : { controlPid: 0, control: undefined }),
    })
    this.context.notify(before, { isReloadFailed: reloadResult !== 'success', isRestarting })
  }

  spawn(kind: ExecKind, index: number): number | string {
    const { service } = this.context
    const isStarting = ['ExecCondition', 'ExecStartPre', 'ExecStart', 'ExecStartPost', 'ExecReload'].includes(
      kind,
    )
    const isEndless = kind === 'ExecStart' && (service.type === 'simple' || service.type === 'idle')
    this.armTimer(isEndless ? FOREVER_NS : isStarting ? service.timeoutStartNs : service.timeoutStopNs)
    const pid = this.context.spawn(kind, index)
    if (typeof pid === 'string') return pid
    const argv = service.commands[kind][index]?.argv ?? []
    const status: ExecStatus = { kind, index, argv, pid, startNs: this.context.nowNs }
    const others = this.runtime.execStatuses.filter(other => other.kind !== kind || other.index !== index)
    this.context.change({ execStatuses: [...others, status] })
    return pid
  }

  recordExit(pid: number, exitCode: number): void {
    const record = (status: ExecStatus): ExecStatus => (status.pid === pid ? { ...status, exitCode } : status)
    this.context.change({ execStatuses: this.runtime.execStatuses.map(record) })
  }

  armTimer(durationNs: number): void {
    const isEndless = durationNs >= FOREVER_NS
    this.context.change({ timerNs: isEndless ? undefined : this.context.nowNs + durationNs })
  }

  /** The first result that is no success stays. */
  keepResult(result: ServiceResult): void {
    if (this.runtime.result === 'success') this.context.change({ result })
  }

  resultOf(exitCode: number, kind: 'daemon' | 'command'): ServiceResult {
    if (isCleanExit(exitCode, kind, this.context.service.successExitStatus)) return 'success'
    return signalOf(exitCode) === undefined ? 'exit-code' : 'signal'
  }

  /** unit_kill_context(): whether there is anything to wait for. */
  killAll(signal: 'TERM' | 'KILL'): boolean {
    const { killMode } = this.context.service
    if (killMode === 'none') return false
    const { mainPid, controlPid } = this.runtime
    const own = [mainPid, controlPid].filter(pid => this.context.isAlive(pid))
    const isAll = killMode === 'control-group' || (killMode === 'mixed' && signal === 'KILL')
    const others = isAll ? this.context.cgroup().filter(pid => !own.includes(pid)) : []
    for (const pid of [...own, ...others]) this.context.kill(pid, signal)
    return own.length + others.length > 0
  }

  /** service_good(): the main process lives, or, where none is known, any. */
  isGood(): boolean {
    const { mainPid, main } = this.runtime
    if (this.context.isAlive(mainPid)) return true
    return main === undefined && this.context.cgroup().length > 0
  }

  /** unit_warn_leftover_processes(): the next start finds what KillMode= left. */
  warnOfLeftovers(): void {
    for (const pid of this.context.cgroup()) {
      const process = `process ${pid} (${this.context.nameOf(pid)})`
      this.say(`Found left-over ${process} in control group while starting unit. Ignoring.`, 4)
      this.context.say(
        'This usually indicates unclean termination of a previous run, or service implementation deficiencies.',
        4,
      )
    }
  }

  /** service_search_main_pid(): of a forking service, the one process that it left. */
  adoptMain(): void {
    const [pid, ...others] = this.context.cgroup()
    if (pid === undefined || others.length > 0) return
    this.context.change({ mainPid: pid, main: { pid, startNs: this.context.nowNs } })
  }
}
