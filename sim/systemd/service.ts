import { Unsimulated } from '../../src/host/host.ts'
import type { Outcome, ServiceContext } from './service-context.ts'
import { ServiceExits } from './service-exits.ts'
import { ServiceRecord } from './service-record.ts'
import { STARTING, STOPPING } from './service-states.ts'
import { ServiceSteps } from './service-steps.ts'

/** The state machine of src/core/service.c; all that it remembers is in the unit's runtime. */
export class Service {
  readonly #context: ServiceContext
  readonly #record: ServiceRecord
  readonly #steps: ServiceSteps
  readonly #exits: ServiceExits

  constructor(context: ServiceContext) {
    this.#context = context
    this.#record = new ServiceRecord(context)
    this.#steps = new ServiceSteps(this.#record)
    this.#exits = new ServiceExits(this.#record, this.#steps)
  }

  start(): Outcome {
    const { subState } = this.#record.runtime
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
      ...(this.#record.runtime.isFlushingRestarts ? { nRestarts: 0, isFlushingRestarts: false } : {}),
    })
    if (service.commands.ExecCondition.length > 0) this.#record.warnOfLeftovers()
    this.#steps.enterControl('ExecCondition', 'condition', () => this.#steps.enterStartPre())
    return 'begun'
  }

  stop(): Outcome {
    this.#context.change({ isRestartForbidden: true })
    const { subState } = this.#record.runtime
    if (STOPPING.includes(subState)) return 'nothing'
    if (subState === 'auto-restart' || subState === 'auto-restart-queued') {
      this.#record.setState('dead')
      return 'nothing'
    }
    if (STARTING.includes(subState) || subState === 'reload') {
      this.#steps.enterSignal('stop-sigterm', 'success')
      return 'nothing'
    }
    this.#steps.enterStop('success')
    return 'begun'
  }

  reload(): Outcome {
    this.#context.change({ reloadResult: 'success' })
    this.#steps.enterControl('ExecReload', 'reload', () => this.#steps.enterRunning('success'))
    return 'begun'
  }

  /** service_can_start() found the start limit hit. */
  refuseStart(): void {
    if (this.#context.release.keepsStartLimitResult) this.#context.change({ result: 'success' })
    this.#steps.enterDead('start-limit-hit', false)
  }

  /** SIGCHLD: the main or the control process is gone. */
  exited(pid: number, exitCode: number): void {
    if (this.#record.runtime.mainPid === pid) this.#exits.mainExited(pid, exitCode)
    else if (this.#record.runtime.controlPid === pid) this.#exits.controlExited(pid, exitCode)
  }

  /** service_notify_cgroup_empty_event(): some process of the unit was the last. */
  cgroupEmptied(): void {
    const { subState, mainPid, controlPid } = this.#record.runtime
    if (this.#context.isAlive(mainPid) || this.#context.isAlive(controlPid)) return
    if (subState === 'running') this.#steps.enterRunning('success')
    else if (subState === 'stop-sigterm' || subState === 'stop-sigkill') this.#steps.enterStopPost('success')
    else if (subState === 'final-sigterm' || subState === 'final-sigkill')
      this.#steps.enterDead('success', true)
  }

  /** A message of sd_notify(3) by a process of the unit. */
  notified(pid: number, message: string): void {
    const { mainPid, subState } = this.#record.runtime
    if (pid !== mainPid) return
    for (const tag of message.split('\n')) {
      if (tag.startsWith('STATUS=')) this.#context.change({ statusText: tag.slice('STATUS='.length) })
      else if (tag === 'READY=1' && subState === 'start' && this.#context.service.type === 'notify')
        this.#steps.enterStartPost()
      else if (/^(?:RELOADING|STOPPING|MAINPID|FDSTORE|BARRIER|EXTEND_TIMEOUT_USEC)=/.test(tag))
        throw new Unsimulated('systemd', `the notification ${tag}`)
    }
  }

  /** service_dispatch_timer(). */
  timerElapsed(): void {
    this.#context.change({ timerNs: undefined })
    const state = this.#record.runtime.subState
    const warn = (message: string): void => this.#record.say(message, 4)
    if (STARTING.includes(state)) {
      warn(`${state} operation timed out. Terminating.`)
      this.#steps.enterSignal('stop-sigterm', 'timeout')
    } else if (state === 'reload') {
      warn('Reload operation timed out. Killing reload process.')
      this.#context.kill(this.#record.runtime.controlPid, 'KILL')
      this.#context.change({ reloadResult: 'timeout' })
      this.#steps.enterRunning('success')
    } else if (state === 'stop') {
      warn('Stopping timed out. Terminating.')
      this.#steps.enterSignal('stop-sigterm', 'timeout')
    } else if (state === 'stop-post') {
      warn(`State 'stop-post' timed out. Terminating.`)
      this.#steps.enterSignal('final-sigterm', 'timeout')
    } else if (state === 'auto-restart') this.#steps.enterRestart()
    else this.#killTimedOut(state)
  }

  #killTimedOut(state: string): void {
    const next = this.#context.service.isSigkillSent ? 'Killing.' : 'Skipping SIGKILL.'
    if (state === 'stop-sigterm' || state === 'final-sigterm') {
      this.#record.say(`State '${state}' timed out. ${next}`, 4)
      const isFinal = state === 'final-sigterm'
      if (this.#context.service.isSigkillSent)
        this.#steps.enterSignal(isFinal ? 'final-sigkill' : 'stop-sigkill', 'timeout')
      else if (isFinal) this.#steps.enterDead('timeout', false)
      else this.#steps.enterStopPost('timeout')
    } else if (state === 'stop-sigkill') {
      this.#record.say('Processes still around after SIGKILL. Ignoring.', 4)
      this.#steps.enterStopPost('timeout')
    } else if (state === 'final-sigkill') {
      this.#record.say('Processes still around after final SIGKILL. Entering failed mode.', 4)
      this.#steps.enterDead('timeout', true)
    }
  }
}
