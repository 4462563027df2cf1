import { Unsimulated } from '../../src/host/host.ts'
import { exitWords, isCleanExit, signalOf } from './exit-status.ts'
import { shallRestart } from './restart-policy.ts'
import {
  ACTIVE_STATES,
  HAS_CONTROL,
  HAS_MAIN,
  HAS_TIMER,
  STARTING,
  STOPPING,
  TASK_NAMES,
} from './service-states.ts'
import {
  type ActiveState,
  type ExecKind,
  type ExecStatus,
  FOREVER_NS,
  type ServiceConfig,
  type ServiceResult,
  type ServiceState,
  type UnitConfig,
  type UnitRuntime,
} from './state.ts'

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

/** The state machine of src/core/service.c; all that it remembers is in the unit's runtime. */
export class Service {
  readonly #context: ServiceContext

  constructor(context: ServiceContext) {
    this.#context = context
  }

  start(): Outcome {
    const { subState } = this.#runtime
    const { config, service } = this.#context
    if (STOPPING.includes(subState) || subState === 'auto-restart') return 'again'
    if (STARTING.includes(subState)) return 'nothing'
    const [setting] = service.notModelled
    if (setting !== undefined) throw new Unsimulated('systemd', `${setting} in ${config.id}`)
    this.#context.change({
      result: 'success',
      reloadResult: 'success',
      isRestartForbidden: false,
      statusText: '',
      execStatuses: [],
      main: undefined,
      ...(this.#runtime.isFlushingRestarts ? { nRestarts: 0, isFlushingRestarts: false } : {}),
    })
    if (service.commands.ExecCondition.length > 0) this.#warnOfLeftovers()
    this.#enterControl('ExecCondition', 'condition', () => this.#enterStartPre())
    return 'begun'
  }

  stop(): Outcome {
    this.#context.change({ isRestartForbidden: true })
    const { subState } = this.#runtime
    if (STOPPING.includes(subState)) return 'nothing'
    if (subState === 'auto-restart') {
      this.#setState('dead')
      return 'nothing'
    }
    if (STARTING.includes(subState) || subState === 'reload') {
      this.#enterSignal('stop-sigterm', 'success')
      return 'nothing'
    }
    this.#enterStop('success')
    return 'begun'
  }

  reload(): Outcome {
    this.#context.change({ reloadResult: 'success' })
    this.#enterControl('ExecReload', 'reload', () => this.#enterRunning('success'))
    return 'begun'
  }

  /** service_can_start() found the start limit hit. */
  refuseStart(): void {
    this.#enterDead('start-limit-hit', false)
  }

  /** SIGCHLD: the main or the control process is gone. */
  exited(pid: number, exitCode: number): void {
    if (this.#runtime.mainPid === pid) this.#mainExited(pid, exitCode)
    else if (this.#runtime.controlPid === pid) this.#controlExited(pid, exitCode)
  }

  /** service_notify_cgroup_empty_event(): some process of the unit was the last. */
  cgroupEmptied(): void {
    const { subState, mainPid, controlPid } = this.#runtime
    if (this.#context.isAlive(mainPid) || this.#context.isAlive(controlPid)) return
    if (subState === 'running') this.#enterRunning('success')
    else if (subState === 'stop-sigterm' || subState === 'stop-sigkill') this.#enterStopPost('success')
    else if (subState === 'final-sigterm' || subState === 'final-sigkill') this.#enterDead('success', true)
  }

  /** A message of sd_notify(3) by a process of the unit. */
  notified(pid: number, message: string): void {
    const { mainPid, subState } = this.#runtime
    if (pid !== mainPid) return
    for (const tag of message.split('\n')) {
      if (tag.startsWith('STATUS=')) this.#context.change({ statusText: tag.slice('STATUS='.length) })
      else if (tag === 'READY=1' && subState === 'start' && this.#context.service.type === 'notify')
        this.#enterStartPost()
      else if (/^(?:RELOADING|STOPPING|MAINPID|FDSTORE|BARRIER|EXTEND_TIMEOUT_USEC)=/.test(tag))
        throw new Unsimulated('systemd', `the notification ${tag}`)
    }
  }

  /** service_dispatch_timer(). */
  timerElapsed(): void {
    this.#context.change({ timerNs: undefined })
    const state = this.#runtime.subState
    const warn = (message: string): void => this.#say(message, 4)
    if (STARTING.includes(state)) {
      warn(`${state} operation timed out. Terminating.`)
      this.#enterSignal('stop-sigterm', 'timeout')
    } else if (state === 'reload') {
      warn('Reload operation timed out. Killing reload process.')
      this.#context.kill(this.#runtime.controlPid, 'KILL')
      this.#context.change({ reloadResult: 'timeout' })
      this.#enterRunning('success')
    } else if (state === 'stop') {
      warn('Stopping timed out. Terminating.')
      this.#enterSignal('stop-sigterm', 'timeout')
    } else if (state === 'stop-post') {
      warn(`State 'stop-post' timed out. Terminating.`)
      this.#enterSignal('final-sigterm', 'timeout')
    } else if (state === 'auto-restart') this.#enterRestart()
    else this.#killTimedOut(state)
  }

  #killTimedOut(state: string): void {
    const next = this.#context.service.isSigkillSent ? 'Killing.' : 'Skipping SIGKILL.'
    if (state === 'stop-sigterm' || state === 'final-sigterm') {
      this.#say(`State '${state}' timed out. ${next}`, 4)
      const isFinal = state === 'final-sigterm'
      if (this.#context.service.isSigkillSent)
        this.#enterSignal(isFinal ? 'final-sigkill' : 'stop-sigkill', 'timeout')
      else if (isFinal) this.#enterDead('timeout', false)
      else this.#enterStopPost('timeout')
    } else if (state === 'stop-sigkill') {
      this.#say('Processes still around after SIGKILL. Ignoring.', 4)
      this.#enterStopPost('timeout')
    } else if (state === 'final-sigkill') {
      this.#say('Processes still around after final SIGKILL. Entering failed mode.', 4)
      this.#enterDead('timeout', true)
    }
  }

  #mainExited(pid: number, exitCode: number): void {
    const { service } = this.#context
    const index = this.#runtime.mainIndex
    const command = service.commands.ExecStart[index ?? 0]
    let result = this.#resultOf(exitCode, service.type === 'oneshot' ? 'command' : 'daemon')
    const main = this.#runtime.main
    this.#context.change({ mainPid: 0, main: { pid, startNs: main?.startNs ?? 0, exitCode } })
    if (index !== undefined) this.#recordExit(pid, exitCode)
    if (command?.isFailureIgnored) result = 'success'
    if (result !== 'success') this.#say(`Main process exited, ${exitWords(exitCode)}`, 5)
    this.#keepResult(result)
    const hasNext = index !== undefined && service.commands.ExecStart[index + 1] !== undefined
    if (hasNext && service.type === 'oneshot' && result === 'success') this.#runMain(index + 1)
    else {
      this.#context.change({ mainIndex: undefined })
      this.#afterMain(result)
    }
  }

  #afterMain(result: ServiceResult): void {
    const { service } = this.#context
    const hasControl = this.#context.isAlive(this.#runtime.controlPid)
    switch (this.#runtime.subState) {
      case 'start-post':
      case 'reload':
        if (!hasControl) this.#enterStop(result)
        return
      case 'start':
        if (service.type === 'oneshot') {
          if (result === 'success') this.#enterStartPost()
          else this.#enterSignal('stop-sigterm', result)
        } else if (service.type === 'notify') {
          if (result !== 'success') this.#enterSignal('stop-sigterm', result)
          else this.#enterSignal('stop-sigterm', 'protocol')
        } else this.#enterRunning(result)
        return
      case 'running':
        this.#enterRunning(result)
        return
      case 'stop-sigterm':
      case 'stop-sigkill':
        if (!hasControl) this.#enterStopPost(result)
        return
      case 'stop-post':
        if (!hasControl) this.#enterSignal('final-sigterm', result)
        return
      case 'final-sigterm':
      case 'final-sigkill':
        if (!hasControl) this.#enterDead(result, true)
    }
  }

  #controlExited(pid: number, exitCode: number): void {
    const { control, subState } = this.#runtime
    const { service } = this.#context
    const command = control === undefined ? undefined : service.commands[control.kind][control.index]
    let result = this.#resultOf(exitCode, control?.kind === 'ExecStart' ? 'daemon' : 'command')
    this.#context.change({ controlPid: 0 })
    this.#recordExit(pid, exitCode)
    if (command?.isFailureIgnored) result = 'success'
    if (subState === 'condition' && result === 'exit-code' && exitCode < 255) result = 'exec-condition'
    if (subState === 'condition') this.#context.change({ conditionResult: result === 'success' })
    const kind = subState === 'condition' ? 'Condition check process' : 'Control process'
    if (result !== 'success' && result !== 'exec-condition')
      this.#say(`${kind} exited, ${exitWords(exitCode)}`, 5)
    if (subState !== 'reload') this.#keepResult(result)
    const next = control === undefined ? undefined : service.commands[control.kind][control.index + 1]
    if (control !== undefined && next !== undefined && result === 'success')
      this.#runControl(control.kind, control.index + 1)
    else {
      this.#context.change({ control: undefined })
      this.#afterControl(result)
    }
  }

  #afterControl(result: ServiceResult): void {
    const isGood = result === 'success'
    const hasMain = this.#context.isAlive(this.#runtime.mainPid)
    switch (this.#runtime.subState) {
      case 'condition':
        if (isGood) this.#enterStartPre()
        else this.#enterSignal('stop-sigterm', result)
        return
      case 'start-pre':
        if (isGood) this.#enterStart()
        else this.#enterSignal('stop-sigterm', result)
        return
      case 'start':
        if (isGood) this.#adoptMain()
        if (isGood) this.#enterStartPost()
        else this.#enterSignal('stop-sigterm', result)
        return
      case 'start-post':
        if (isGood) this.#enterRunning('success')
        else this.#enterSignal('stop-sigterm', result)
        return
      case 'reload':
        this.#context.change({ reloadResult: result })
        this.#enterRunning('success')
        return
      case 'stop':
        this.#enterSignal('stop-sigterm', result)
        return
      case 'stop-sigterm':
      case 'stop-sigkill':
        if (!hasMain) this.#enterStopPost(result)
        return
      case 'stop-post':
        if (!hasMain) this.#enterSignal('final-sigterm', result)
        return
      case 'final-sigterm':
      case 'final-sigkill':
        if (!hasMain) this.#enterDead(result, true)
    }
  }

  /** service_search_main_pid(): of a forking service, the one process that it left. */
  #adoptMain(): void {
    const [pid, ...others] = this.#context.cgroup()
    if (pid === undefined || others.length > 0) return
    this.#context.change({ mainPid: pid, main: { pid, startNs: this.#context.nowNs } })
  }

  #enterControl(kind: ExecKind, state: ServiceState, otherwise: () => void): void {
    if (this.#context.service.commands[kind].length === 0) {
      otherwise()
      return
    }
    if (this.#runControl(kind, 0)) this.#setState(state)
  }

  /** False when it could not even be forked: the service is then elsewhere already. */
  #runControl(kind: ExecKind, index: number): boolean {
    const pid = this.#spawn(kind, index)
    if (typeof pid === 'number') {
      this.#context.change({ controlPid: pid, control: { kind, index } })
      return true
    }
    this.#say(`Failed to run '${TASK_NAMES[kind]}' task: ${pid}`, 4)
    if (kind === 'ExecStop') this.#enterSignal('stop-sigterm', 'resources')
    else if (kind === 'ExecStopPost') this.#enterSignal('final-sigterm', 'resources')
    else if (kind === 'ExecStartPost') this.#enterStop('resources')
    else if (kind === 'ExecReload') {
      this.#context.change({ reloadResult: 'resources' })
      this.#enterRunning('success')
    } else this.#enterDead('resources', true)
    return false
  }

  #enterStartPre(): void {
    if (this.#context.service.commands.ExecStartPre.length > 0) this.#warnOfLeftovers()
    this.#enterControl('ExecStartPre', 'start-pre', () => this.#enterStart())
  }

  /** unit_warn_leftover_processes(): the next start finds what KillMode= left. */
  #warnOfLeftovers(): void {
    for (const pid of this.#context.cgroup()) {
      const process = `process ${pid} (${this.#context.nameOf(pid)})`
      this.#say(`Found left-over ${process} in control group while starting unit. Ignoring.`, 4)
      this.#context.say(
        'This usually indicates unclean termination of a previous run, or service implementation deficiencies.',
        4,
      )
    }
  }

  #enterStart(): void {
    const { service, config } = this.#context
    this.#warnOfLeftovers()
    if (service.commands.ExecStart.length === 0) {
      this.#setState('start')
      this.#enterStartPost()
      return
    }
    if (service.type === 'forking') {
      const pid = this.#spawn('ExecStart', 0)
      if (typeof pid === 'string') this.#failStart(pid)
      else {
        this.#context.change({ controlPid: pid, control: { kind: 'ExecStart', index: 0 } })
        this.#setState('start')
      }
      return
    }
    if (!this.#runMain(0)) return
    if (service.type === 'simple' || service.type === 'idle') this.#enterStartPost()
    else this.#setState('start')
    if (service.type === 'exec' || service.type === 'dbus')
      this.#context.later(() => this.#executed(config.id, this.#runtime.mainPid))
  }

  /** The program has begun: what Type=exec waits for; a recorded D-Bus service has its name by then. */
  #executed(id: string, pid: number): void {
    if (this.#runtime.subState !== 'start' || !this.#context.isExecuted(pid)) return
    if (this.#context.service.type === 'dbus' && !this.#context.isAlive(pid))
      throw new Unsimulated('systemd', `Type=dbus of ${id}`)
    this.#enterStartPost()
  }

  #runMain(index: number): boolean {
    const pid = this.#spawn('ExecStart', index)
    if (typeof pid === 'string') {
      this.#failStart(pid)
      return false
    }
    this.#context.change({ mainPid: pid, mainIndex: index, main: { pid, startNs: this.#context.nowNs } })
    return true
  }

  #failStart(reason: string): void {
    this.#say(`Failed to run 'start' task: ${reason}`, 4)
    this.#enterSignal('stop-sigterm', 'resources')
  }

  #enterStartPost(): void {
    this.#enterControl('ExecStartPost', 'start-post', () => this.#enterRunning('success'))
  }

  #enterRunning(result: ServiceResult): void {
    this.#keepResult(result)
    if (this.#runtime.result !== 'success') this.#enterSignal('stop-sigterm', result)
    else if (this.#isGood()) {
      this.#context.change({ timerNs: undefined })
      this.#setState('running')
    } else if (this.#context.service.remainAfterExit) this.#setState('exited')
    else this.#enterStop('success')
  }

  /** service_good(): the main process lives, or, where none is known, any. */
  #isGood(): boolean {
    const { mainPid, main } = this.#runtime
    if (this.#context.isAlive(mainPid)) return true
    return main === undefined && this.#context.cgroup().length > 0
  }

  #enterStop(result: ServiceResult): void {
    this.#keepResult(result)
    this.#enterControl('ExecStop', 'stop', () => this.#enterSignal('stop-sigterm', 'success'))
  }

  #enterStopPost(result: ServiceResult): void {
    this.#keepResult(result)
    this.#enterControl('ExecStopPost', 'stop-post', () => this.#enterSignal('final-sigterm', 'success'))
  }

  #enterSignal(
    state: 'stop-sigterm' | 'stop-sigkill' | 'final-sigterm' | 'final-sigkill',
    result: ServiceResult,
  ): void {
    const { service } = this.#context
    this.#keepResult(result)
    if (this.#killAll(state.endsWith('sigkill') ? 'KILL' : 'TERM')) {
      this.#armTimer(service.timeoutStopNs)
      this.#setState(state)
    } else if (state === 'stop-sigterm' && service.isSigkillSent) this.#enterSignal('stop-sigkill', 'success')
    else if (state === 'stop-sigterm' || state === 'stop-sigkill') this.#enterStopPost('success')
    else if (state === 'final-sigterm' && service.isSigkillSent) this.#enterSignal('final-sigkill', 'success')
    else this.#enterDead('success', true)
  }

  /** unit_kill_context(): whether there is anything to wait for. */
  #killAll(signal: 'TERM' | 'KILL'): boolean {
    const { killMode } = this.#context.service
    if (killMode === 'none') return false
    const { mainPid, controlPid } = this.#runtime
    const own = [mainPid, controlPid].filter(pid => this.#context.isAlive(pid))
    const isAll = killMode === 'control-group' || (killMode === 'mixed' && signal === 'KILL')
    const others = isAll ? this.#context.cgroup().filter(pid => !own.includes(pid)) : []
    for (const pid of [...own, ...others]) this.#context.kill(pid, signal)
    return own.length + others.length > 0
  }

  #enterDead(result: ServiceResult, isRestartAllowed: boolean): void {
    this.#keepResult(result)
    const final = this.#runtime.result
    if (final === 'success') this.#say('Deactivated successfully.')
    else if (final === 'exec-condition') this.#say(`Skipped due to '${final}'.`)
    else this.#say(`Failed with result '${final}'.`, 4)
    for (const pid of this.#context.cgroup())
      this.#say(`Unit process ${pid} (${this.#context.nameOf(pid)}) remains running after unit stopped.`)
    const isRestarting = isRestartAllowed && !this.#context.hasJob('stop') && this.#shallRestart()
    const isFailed = final !== 'success' && final !== 'exec-condition'
    this.#setState(isFailed ? 'failed' : 'dead', isRestarting)
    if (isRestarting) {
      this.#armTimer(this.#context.service.restartSecNs)
      this.#setState('auto-restart')
    } else this.#context.change({ isFlushingRestarts: true })
    this.#context.change({ isRestartForbidden: false })
  }

  #shallRestart(): boolean {
    return !this.#runtime.isRestartForbidden && shallRestart(this.#context.service, this.#runtime)
  }

  #enterRestart(): void {
    if (this.#context.hasJob('stop')) {
      this.#say('Stop job pending for unit, skipping automatic restart.')
      return
    }
    if (!this.#context.enqueueRestart()) {
      this.#enterDead('resources', false)
      return
    }
    const nRestarts = this.#runtime.nRestarts + 1
    this.#context.change({ nRestarts, isFlushingRestarts: false })
    this.#say(`Scheduled restart job, restart counter is at ${nRestarts}.`)
  }

  #setState(subState: ServiceState, isRestarting = false): void {
    const { activeState: before, reloadResult } = this.#runtime
    const isIdle = this.#context.service.type === 'idle' && STARTING.includes(subState)
    this.#context.change({
      subState,
      activeState: isIdle ? 'active' : ACTIVE_STATES[subState],
      ...(HAS_TIMER.includes(subState) ? {} : { timerNs: undefined }),
      ...(HAS_MAIN.includes(subState) ? {} : { mainPid: 0, mainIndex: undefined }),
      ...(HAS_CONTROL.includes(subState) ? {} : { controlPid: 0, control: undefined }),
    })
    this.#context.notify(before, { isReloadFailed: reloadResult !== 'success', isRestarting })
  }

  #spawn(kind: ExecKind, index: number): number | string {
    const { service } = this.#context
    const isStarting = ['ExecCondition', 'ExecStartPre', 'ExecStart', 'ExecStartPost', 'ExecReload'].includes(
      kind,
    )
    const isEndless = kind === 'ExecStart' && (service.type === 'simple' || service.type === 'idle')
    this.#armTimer(isEndless ? FOREVER_NS : isStarting ? service.timeoutStartNs : service.timeoutStopNs)
    const pid = this.#context.spawn(kind, index)
    if (typeof pid === 'string') return pid
    const argv = service.commands[kind][index]?.argv ?? []
    const status: ExecStatus = { kind, index, argv, pid, startNs: this.#context.nowNs }
    const others = this.#runtime.execStatuses.filter(other => other.kind !== kind || other.index !== index)
    this.#context.change({ execStatuses: [...others, status] })
    return pid
  }

  #recordExit(pid: number, exitCode: number): void {
    const record = (status: ExecStatus): ExecStatus => (status.pid === pid ? { ...status, exitCode } : status)
    this.#context.change({ execStatuses: this.#runtime.execStatuses.map(record) })
  }

  #armTimer(durationNs: number): void {
    const isEndless = durationNs >= FOREVER_NS
    this.#context.change({ timerNs: isEndless ? undefined : this.#context.nowNs + durationNs })
  }

  /** The first result that is no success stays. */
  #keepResult(result: ServiceResult): void {
    if (this.#runtime.result === 'success') this.#context.change({ result })
  }

  #resultOf(exitCode: number, kind: 'daemon' | 'command'): ServiceResult {
    if (isCleanExit(exitCode, kind, this.#context.service.successExitStatus)) return 'success'
    return signalOf(exitCode) === undefined ? 'exit-code' : 'signal'
  }

  get #runtime(): UnitRuntime {
    return this.#context.get()
  }

  #say(message: string, priority = 6): void {
    this.#context.say(`${this.#context.config.id}: ${message}`, priority)
  }
}
