import { Unsimulated } from '../../src/host/host.ts'
import type { Child, Process, Program, SignalName } from '../process.ts'
import { SIGNAL_NUMBER } from '../process.ts'
import type { Blocking, Wait } from '../scheduler.ts'
import { EXIT_EXEC, spawnCommand } from './exec.ts'
import type { Journal } from './journal.ts'
import type {
  ExecCommand,
  ExecKind,
  ExecStatus,
  ServiceConfig,
  ServiceResult,
  UnitConfig,
  UnitRuntime,
} from './state.ts'
import { FOREVER_NS } from './state.ts'

/** What a service needs of the manager that runs it. */
export interface ServiceContext {
  readonly init: Process
  readonly journal: Journal
  readonly config: UnitConfig
  readonly service: ServiceConfig
  readonly recordedProgram: Program | undefined
  get(): UnitRuntime
  change(change: Partial<UnitRuntime>): void
  /** A message of sd_notify that came from a process since the service was started. */
  isReady(pid: number): boolean
}

/** Starts, stops and buries one service: the state machine of src/core/service.c. Each method is a job's work. */
export class ServiceRun {
  readonly #context: ServiceContext

  constructor(context: ServiceContext) {
    this.#context = context
  }

  /** True when the start job is done well. */
  *start(): Blocking<boolean> {
    const { config, service } = this.#context
    this.#context.change({
      activeState: 'activating',
      subState: 'start-pre',
      result: 'success',
      mainPid: 0,
      execStatuses: [],
      conditionResult: true,
    })
    if (service.type !== 'simple' && service.type !== 'idle') this.#say(`Starting ${this.#title}...`)
    for (const command of service.commands.ExecStartPre) {
      const result = yield* this.#control('ExecStartPre', command)
      if (result !== 'success') return yield* this.#fail(result)
    }
    this.#context.change({ subState: 'start' })
    if (service.type === 'oneshot') return yield* this.#startOneshot()
    if (service.type === 'forking') throw new Unsimulated('systemd', `Type=forking of ${config.id}`)
    return yield* this.#startDaemon()
  }

  /** ExecStop, then SIGTERM, then SIGKILL when the time is over. */
  *stop(): Blocking<void> {
    const { service } = this.#context
    const { activeState } = this.#context.get()
    if (activeState === 'inactive' || activeState === 'failed') return
    if (activeState === 'activating') {
      this.#context.change({ activeState: 'inactive', subState: 'dead', restartAtNs: undefined })
      this.#say(`Stopped ${this.#title}.`)
      return
    }
    this.#say(`Stopping ${this.#title}...`)
    this.#context.change({ activeState: 'deactivating', subState: 'stop', result: 'success' })
    for (const command of service.commands.ExecStop) yield* this.#control('ExecStop', command)
    const { mainPid } = this.#context.get()
    if (this.#isAlive(mainPid)) yield* this.#terminate(mainPid)
    for (const command of service.commands.ExecStopPost) yield* this.#control('ExecStopPost', command)
    const result = this.#context.get().result
    this.#enterDead(result)
    this.#say(
      result === 'success'
        ? `${this.#context.config.id}: Deactivated successfully.`
        : `${this.#context.config.id}: Failed with result '${result}'.`,
    )
    this.#say(`Stopped ${this.#title}.`)
  }

  /** The main process of a running service is gone. */
  *mainExited(exitCode: number): Blocking<void> {
    const { config, service } = this.#context
    const result = this.#resultOf(exitCode)
    this.#recordMain(exitCode)
    if (this.#context.get().activeState === 'deactivating') {
      this.#context.change({ result })
      return
    }
    this.#sayMain(exitCode)
    for (const command of service.commands.ExecStopPost) yield* this.#control('ExecStopPost', command)
    this.#context.change({ result })
    this.#say(
      result === 'success'
        ? `${config.id}: Deactivated successfully.`
        : `${config.id}: Failed with result '${result}'.`,
    )
    this.#enterDead(result)
    this.#scheduleRestart(result, exitCode)
  }

  *reload(): Blocking<boolean> {
    this.#say(`Reloading ${this.#title}...`)
    this.#context.change({ activeState: 'reloading', subState: 'reload' })
    let isDone = true
    for (const command of this.#context.service.commands.ExecReload)
      isDone = isDone && (yield* this.#control('ExecReload', command)) === 'success'
    this.#context.change({ activeState: 'active', subState: 'running' })
    if (isDone) this.#say(`Reloaded ${this.#title}.`)
    return isDone
  }

  *#startOneshot(): Blocking<boolean> {
    const { service, config } = this.#context
    for (const command of service.commands.ExecStart) {
      const result = yield* this.#control('ExecStart', command)
      if (result !== 'success') return yield* this.#fail(result)
    }
    for (const command of service.commands.ExecStartPost) yield* this.#control('ExecStartPost', command)
    if (service.remainAfterExit) this.#enterActive('exited')
    else {
      this.#enterDead('success')
      this.#say(`${config.id}: Deactivated successfully.`)
    }
    this.#say(`Finished ${this.#title}.`)
    return true
  }

  *#startDaemon(): Blocking<boolean> {
    const { service } = this.#context
    const [command] = service.commands.ExecStart
    if (command === undefined) return yield* this.#fail('resources')
    const child = this.#spawn('ExecStart', command)
    this.#context.change({ mainPid: child.pid, mainStartNs: this.#now })
    if (service.type === 'notify') return yield* this.#awaitReady(child)
    if (service.type === 'exec' || service.type === 'dbus') yield* this.#yieldOnce()
    this.#enterActive('running')
    this.#say(`Started ${this.#title}.`)
    for (const post of service.commands.ExecStartPost) yield* this.#control('ExecStartPost', post)
    return true
  }

  /** Until READY=1, the end of the process, or the time limit. */
  *#awaitReady(child: Child): Blocking<boolean> {
    const { service } = this.#context
    const deadlineNs = this.#now + service.timeoutStartNs
    const isSettled = (): boolean => child.exitCode !== undefined || this.#context.isReady(child.pid)
    while (!isSettled() && this.#now < deadlineNs) yield until(isSettled, deadlineNs)
    if (child.exitCode !== undefined) {
      this.#recordMain(child.exitCode)
      this.#sayMain(child.exitCode)
      const result = this.#resultOf(child.exitCode)
      return yield* this.#fail(result === 'success' ? 'protocol' : result, child.exitCode)
    }
    if (!isSettled()) {
      this.#say(`${this.#context.config.id}: start operation timed out. Terminating.`)
      yield* this.#terminate(child.pid)
      return yield* this.#fail('timeout')
    }
    this.#enterActive('running')
    this.#say(`Started ${this.#title}.`)
    for (const post of service.commands.ExecStartPost) yield* this.#control('ExecStartPost', post)
    return true
  }

  /** Runs one command to its end. */
  *#control(kind: ExecKind, command: ExecCommand): Blocking<ServiceResult> {
    const child = this.#spawn(kind, command)
    const isMain = kind === 'ExecStart'
    if (isMain) this.#context.change({ mainPid: child.pid, mainStartNs: this.#now })
    const exitCode = yield* child.wait()
    this.#finish(child.pid, exitCode)
    if (isMain) this.#recordMain(exitCode)
    const result = this.#resultOf(exitCode)
    if (result === 'success' || command.isFailureIgnored) return 'success'
    if (isMain) this.#sayMain(exitCode)
    else this.#say(`${this.#context.config.id}: Control process exited, ${exitWords(exitCode)}`)
    return result
  }

  *#fail(result: ServiceResult, exitCode = 1): Blocking<boolean> {
    const { config, service } = this.#context
    for (const command of service.commands.ExecStopPost) yield* this.#control('ExecStopPost', command)
    this.#context.change({ result })
    this.#say(`${config.id}: Failed with result '${result}'.`)
    this.#enterDead(result)
    this.#say(`Failed to start ${this.#title}.`)
    this.#scheduleRestart(result, exitCode)
    return false
  }

  /** service_shall_restart(): when it is due is state, so that it outlives whoever asked for the start. */
  #scheduleRestart(result: ServiceResult, exitCode: number): void {
    const { service } = this.#context
    if (!shallRestart(service, result, exitCode)) return
    this.#context.change({
      activeState: 'activating',
      subState: 'auto-restart',
      restartAtNs: this.#now + service.restartSecNs,
    })
  }

  *#terminate(pid: number): Blocking<void> {
    const { init, service } = this.#context
    const deadlineNs = this.#now + service.timeoutStopNs
    init.kill(pid, 'TERM')
    while (this.#isAlive(pid) && this.#now < deadlineNs) yield until(() => !this.#isAlive(pid), deadlineNs)
    if (!this.#isAlive(pid)) return
    this.#say(`${this.#context.config.id}: State 'stop-sigterm' timed out. Killing.`)
    init.kill(pid, 'KILL')
    this.#context.change({ result: 'timeout' })
  }

  #spawn(kind: ExecKind, command: ExecCommand): Child {
    const child = spawnCommand(command, {
      ...this.#context,
      isNotifying: this.#context.service.type === 'notify',
    })
    const status: ExecStatus = { kind, argv: command.argv, pid: child.pid }
    this.#context.change({
      execStatuses: [
        ...this.#context
          .get()
          .execStatuses.filter(
            other => other.kind !== kind || kind === 'ExecStart' || kind === 'ExecStartPre',
          ),
        status,
      ],
    })
    return child
  }

  #recordMain(exitCode: number): void {
    const { mainPid } = this.#context.get()
    this.#finish(mainPid, exitCode)
    this.#context.change({ mainExitCode: exitCode })
  }

  #finish(pid: number, exitCode: number): void {
    const statuses = this.#context
      .get()
      .execStatuses.map(status => (status.pid === pid ? { ...status, exitCode } : status))
    this.#context.change({ execStatuses: statuses })
  }

  #enterActive(subState: string): void {
    this.#context.change({
      activeState: 'active',
      subState,
      activeEnterNs: this.#now,
      stateChangeSeconds: this.#context.init.clock.realtimeSeconds,
    })
  }

  #enterDead(result: ServiceResult): void {
    const { activeEnterNs } = this.#context.get()
    const isFailed = result !== 'success'
    this.#context.change({
      activeState: isFailed ? 'failed' : 'inactive',
      subState: isFailed ? 'failed' : 'dead',
      stateChangeSeconds: this.#context.init.clock.realtimeSeconds,
      ...(activeEnterNs === undefined ? {} : { durationNs: this.#now - activeEnterNs }),
    })
  }

  *#yieldOnce(): Blocking<void> {
    yield { isReady: () => true }
  }

  #resultOf(exitCode: number): ServiceResult {
    return isClean(exitCode, this.#context.service)
      ? 'success'
      : signalOf(exitCode) === undefined
        ? 'exit-code'
        : 'signal'
  }

  #sayMain(exitCode: number): void {
    if (exitCode !== 0) this.#say(`${this.#context.config.id}: Main process exited, ${exitWords(exitCode)}`)
  }

  #isAlive(pid: number): boolean {
    return pid !== 0 && this.#context.init.kernel.processes.get(pid) !== undefined
  }

  get #now(): number {
    return this.#context.init.clock.monotonicNs
  }

  /** `NAME - DESCRIPTION`, or the name alone where nothing describes it. */
  get #title(): string {
    const { id, description } = this.#context.config
    return description === id ? id : `${id} - ${description}`
  }

  #say(message: string): void {
    this.#context.journal.say(this.#context.config.id, message)
  }
}

const until = (isReady: () => boolean, deadlineNs: number): Wait =>
  deadlineNs >= FOREVER_NS ? { isReady } : { isReady, wakeAtNs: deadlineNs }

/** The signal that an exit status of 128 + n stands for. */
export function signalOf(exitCode: number): SignalName | undefined {
  const names = Object.keys(SIGNAL_NUMBER) as SignalName[]
  return exitCode > 128 ? names.find(name => SIGNAL_NUMBER[name] === exitCode - 128) : undefined
}

/** Exit status names of systemd.exec(5) that this model gives or meets. */
const STATUS_NAMES: Readonly<Record<number, string>> = {
  0: 'SUCCESS',
  1: 'FAILURE',
  2: 'INVALIDARGUMENT',
  3: 'NOTIMPLEMENTED',
  4: 'NOPERMISSION',
  5: 'NOTINSTALLED',
  6: 'NOTCONFIGURED',
  7: 'NOTRUNNING',
  200: 'CHDIR',
  [EXIT_EXEC]: 'EXEC',
  217: 'USER',
}

/** `code=exited, status=1/FAILURE`, or `code=killed, status=15/TERM`. */
export function exitWords(exitCode: number): string {
  const signal = signalOf(exitCode)
  if (signal !== undefined) return `code=killed, status=${SIGNAL_NUMBER[signal]}/${signal}`
  const name = STATUS_NAMES[exitCode]
  return `code=exited, status=${exitCode}/${name ?? 'n/a'}`
}

/** is_clean_exit() of src/shared/exit-status.c: 0, SIGHUP, SIGINT, SIGTERM, SIGPIPE, and SuccessExitStatus=. */
function isClean(exitCode: number, service: ServiceConfig): boolean {
  const signal = signalOf(exitCode)
  if (exitCode === 0) return true
  if (signal !== undefined && ['HUP', 'INT', 'TERM', 'PIPE'].includes(signal) && service.type !== 'oneshot')
    return true
  return (
    service.successExitStatus.includes(String(exitCode)) ||
    (signal !== undefined && service.successExitStatus.includes(`SIG${signal}`))
  )
}

/** The table of systemd.service(5), Restart=. */
function shallRestart(service: ServiceConfig, result: ServiceResult, exitCode: number): boolean {
  const isUnclean = result !== 'success'
  switch (service.restart) {
    case 'no':
      return false
    case 'always':
      return service.type !== 'oneshot' || isUnclean
    case 'on-success':
      return !isUnclean
    case 'on-failure':
      return isUnclean
    case 'on-abnormal':
      return isUnclean && result !== 'exit-code'
    case 'on-watchdog':
      return false
    case 'on-abort':
      return result === 'signal' && signalOf(exitCode) !== undefined
  }
}
