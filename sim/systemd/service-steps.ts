import { Unsimulated } from '../../src/host/host.ts'
import { shallRestart } from './restart-policy.ts'
import type { ServiceContext } from './service-context.ts'
import type { ServiceRecord } from './service-record.ts'
import { TASK_NAMES } from './service-states.ts'
import type { ExecKind, ServiceResult, ServiceState } from './state.ts'

/** service_enter_*() of src/core/service.c: what is done on the way into each state. */
export class ServiceSteps {
  readonly #context: ServiceContext
  readonly #record: ServiceRecord

  constructor(record: ServiceRecord) {
    this.#context = record.context
    this.#record = record
  }

  enterControl(kind: ExecKind, state: ServiceState, otherwise: () => void): void {
    if (this.#context.service.commands[kind].length === 0) {
      otherwise()
      return
    }
    if (this.runControl(kind, 0)) this.#record.setState(state)
  }

  /** False when it could not even be forked: the service is then elsewhere already. */
  runControl(kind: ExecKind, index: number): boolean {
    const pid = this.#record.spawn(kind, index)
    if (typeof pid === 'number') {
      this.#context.change({ controlPid: pid, control: { kind, index } })
      return true
    }
    this.#record.say(`${this.#context.release.words.failedTask} '${TASK_NAMES[kind]}' task: ${pid}`, 4)
    if (kind === 'ExecStop') this.enterSignal('stop-sigterm', 'resources')
    else if (kind === 'ExecStopPost') this.enterSignal('final-sigterm', 'resources')
    else if (kind === 'ExecStartPost') this.enterStop('resources')
    else if (kind === 'ExecReload') {
      this.#context.change({ reloadResult: 'resources' })
      this.enterRunning('success')
    } else this.enterDead('resources', true)
    return false
  }

  enterStartPre(): void {
    if (this.#context.service.commands.ExecStartPre.length > 0) this.#record.warnOfLeftovers()
    this.enterControl('ExecStartPre', 'start-pre', () => this.enterStart())
  }

  enterStart(): void {
    const { service, config } = this.#context
    this.#record.warnOfLeftovers()
    if (service.commands.ExecStart.length === 0) {
      this.#record.setState('start')
      this.enterStartPost()
      return
    }
    if (service.type === 'forking') {
      const pid = this.#record.spawn('ExecStart', 0)
      if (typeof pid === 'string') this.#failStart(pid)
      else {
        this.#context.change({ controlPid: pid, control: { kind: 'ExecStart', index: 0 } })
        this.#record.setState('start')
      }
      return
    }
    if (!this.runMain(0)) return
    if (service.type === 'simple' || service.type === 'idle') this.enterStartPost()
    else this.#record.setState('start')
    if (service.type === 'exec' || service.type === 'dbus')
      this.#context.later(() => this.#executed(config.id, this.#record.runtime.mainPid))
  }

  /** The program has begun: what Type=exec waits for; a recorded D-Bus service has its name by then. */
  #executed(id: string, pid: number): void {
    if (this.#record.runtime.subState !== 'start' || !this.#context.isExecuted(pid)) return
    if (this.#context.service.type === 'dbus' && !this.#context.isAlive(pid))
      throw new Unsimulated('systemd', `Type=dbus of ${id}`)
    this.enterStartPost()
  }

  runMain(index: number): boolean {
    const pid = this.#record.spawn('ExecStart', index)
    if (typeof pid === 'string') {
      this.#failStart(pid)
      return false
    }
    this.#context.change({ mainPid: pid, mainIndex: index, main: { pid, startNs: this.#context.nowNs } })
    return true
  }

  #failStart(reason: string): void {
    this.#record.say(`${this.#context.release.words.failedTask} 'start' task: ${reason}`, 4)
    this.enterSignal('stop-sigterm', 'resources')
  }

  enterStartPost(): void {
    this.enterControl('ExecStartPost', 'start-post', () => this.enterRunning('success'))
  }

  enterRunning(result: ServiceResult): void {
    this.#record.keepResult(result)
    if (this.#record.runtime.result !== 'success') this.enterSignal('stop-sigterm', result)
    else if (this.#record.isGood()) {
      this.#context.change({ timerNs: undefined })
      this.#record.setState('running')
    } else if (this.#context.service.remainAfterExit) this.#record.setState('exited')
    else this.enterStop('success')
  }

  enterStop(result: ServiceResult): void {
    this.#record.keepResult(result)
    this.enterControl('ExecStop', 'stop', () => this.enterSignal('stop-sigterm', 'success'))
  }

  enterStopPost(result: ServiceResult): void {
    this.#record.keepResult(result)
    this.enterControl('ExecStopPost', 'stop-post', () => this.enterSignal('final-sigterm', 'success'))
  }

  enterSignal(
    state: 'stop-sigterm' | 'stop-sigkill' | 'final-sigterm' | 'final-sigkill',
    result: ServiceResult,
  ): void {
    const { service } = this.#context
    this.#record.keepResult(result)
    if (this.#record.killAll(state.endsWith('sigkill') ? 'KILL' : 'TERM')) {
      this.#record.armTimer(service.timeoutStopNs)
      this.#record.setState(state)
    } else if (state === 'stop-sigterm' && service.isSigkillSent) this.enterSignal('stop-sigkill', 'success')
    else if (state === 'stop-sigterm' || state === 'stop-sigkill') this.enterStopPost('success')
    else if (state === 'final-sigterm' && service.isSigkillSent) this.enterSignal('final-sigkill', 'success')
    else this.enterDead('success', true)
  }

  enterDead(result: ServiceResult, isRestartAllowed: boolean): void {
    this.#record.keepResult(result)
    const final = this.#record.runtime.result
    if (final === 'success') this.#record.say(this.#context.release.words.deactivated)
    else if (final === 'exec-condition') this.#record.say(`Skipped due to '${final}'.`)
    else this.#record.say(`Failed with result '${final}'.`, 4)
    for (const pid of this.#context.cgroup())
      this.#record.say(
        `Unit process ${pid} (${this.#context.nameOf(pid)}) remains running after unit stopped.`,
      )
    const isRestarting = isRestartAllowed && !this.#context.hasJob('stop') && this.#shallRestart()
    const isFailed = final !== 'success' && final !== 'exec-condition'
    this.#record.setState(isFailed ? 'failed' : 'dead', isRestarting)
    if (isRestarting) {
      this.#record.armTimer(this.#context.service.restartSecNs)
      this.#record.setState('auto-restart')
    } else this.#context.change({ isFlushingRestarts: true })
    this.#context.change({ isRestartForbidden: false })
  }

  #shallRestart(): boolean {
    return (
      !this.#record.runtime.isRestartForbidden && shallRestart(this.#context.service, this.#record.runtime)
    )
  }

  enterRestart(): void {
    if (this.#context.hasJob('stop')) {
      this.#record.say('Stop job pending for unit, skipping automatic restart.')
      return
    }
    if (!this.#context.enqueueRestart()) {
      this.enterDead('resources', false)
      return
    }
    const nRestarts = this.#record.runtime.nRestarts + 1
    this.#context.change({ nRestarts, isFlushingRestarts: false })
    this.#record.say(`Scheduled restart job, restart counter is at ${nRestarts}.`)
    if (this.#context.release.restartsByStartJob) this.#record.setState('auto-restart-queued')
  }
}
