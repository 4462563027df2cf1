import { exitWords } from './exit-status.ts'
import type { ServiceContext } from './service-context.ts'
import type { ServiceRecord } from './service-record.ts'
import type { ServiceSteps } from './service-steps.ts'
import type { ServiceResult } from './state.ts'

/** service_sigchld_event() of src/core/service.c: where a service goes when a process of it is gone. */
export class ServiceExits {
  readonly #context: ServiceContext
  readonly #record: ServiceRecord
  readonly #steps: ServiceSteps

  constructor(record: ServiceRecord, steps: ServiceSteps) {
    this.#context = record.context
    this.#record = record
    this.#steps = steps
  }

  mainExited(pid: number, exitCode: number): void {
    const { service } = this.#context
    const index = this.#record.runtime.mainIndex
    const command = service.commands.ExecStart[index ?? 0]
    let result = this.#record.resultOf(exitCode, service.type === 'oneshot' ? 'command' : 'daemon')
    const main = this.#record.runtime.main
    this.#context.change({ mainPid: 0, main: { pid, startNs: main?.startNs ?? 0, exitCode } })
    if (index !== undefined) this.#record.recordExit(pid, exitCode)
    if (command?.isFailureIgnored) result = 'success'
    if (result !== 'success') this.#record.say(`Main process exited, ${exitWords(exitCode)}`, 5)
    this.#record.keepResult(result)
    const hasNext = index !== undefined && service.commands.ExecStart[index + 1] !== undefined
    if (hasNext && service.type === 'oneshot' && result === 'success') this.#steps.runMain(index + 1)
    else {
      this.#context.change({ mainIndex: undefined })
      this.#afterMain(result)
    }
  }

  #afterMain(result: ServiceResult): void {
    const { service } = this.#context
    const hasControl = this.#context.isAlive(this.#record.runtime.controlPid)
    switch (this.#record.runtime.subState) {
      case 'start-post':
      case 'reload':
        if (!hasControl) this.#steps.enterStop(result)
        return
      case 'start':
        if (service.type === 'oneshot') {
          if (result === 'success') this.#steps.enterStartPost()
          else this.#steps.enterSignal('stop-sigterm', result)
        } else if (service.type === 'notify') {
          if (result !== 'success') this.#steps.enterSignal('stop-sigterm', result)
          else this.#steps.enterSignal('stop-sigterm', 'protocol')
        } else this.#steps.enterRunning(result)
        return
      case 'running':
        this.#steps.enterRunning(result)
        return
      case 'stop-sigterm':
      case 'stop-sigkill':
        if (!hasControl) this.#steps.enterStopPost(result)
        return
      case 'stop-post':
        if (!hasControl) this.#steps.enterSignal('final-sigterm', result)
        return
      case 'final-sigterm':
      case 'final-sigkill':
        if (!hasControl) this.#steps.enterDead(result, true)
    }
  }

  controlExited(pid: number, exitCode: number): void {
    const { control, subState } = this.#record.runtime
    const { service } = this.#context
    const command = control === undefined ? undefined : service.commands[control.kind][control.index]
    let result = this.#record.resultOf(exitCode, control?.kind === 'ExecStart' ? 'daemon' : 'command')
    this.#context.change({ controlPid: 0 })
    this.#record.recordExit(pid, exitCode)
    if (command?.isFailureIgnored) result = 'success'
    if (subState === 'condition' && result === 'exit-code' && exitCode < 255) result = 'exec-condition'
    if (subState === 'condition') this.#context.change({ conditionResult: result === 'success' })
    const kind = subState === 'condition' ? 'Condition check process' : 'Control process'
    if (result !== 'success' && result !== 'exec-condition')
      this.#record.say(`${kind} exited, ${exitWords(exitCode)}`, 5)
    if (subState !== 'reload') this.#record.keepResult(result)
    const next = control === undefined ? undefined : service.commands[control.kind][control.index + 1]
    if (control !== undefined && next !== undefined && result === 'success')
      this.#steps.runControl(control.kind, control.index + 1)
    else {
      this.#context.change({ control: undefined })
      this.#afterControl(result)
    }
  }

  #afterControl(result: ServiceResult): void {
    const isGood = result === 'success'
    const hasMain = this.#context.isAlive(this.#record.runtime.mainPid)
    switch (this.#record.runtime.subState) {
      case 'condition':
        if (isGood) this.#steps.enterStartPre()
        else this.#steps.enterSignal('stop-sigterm', result)
        return
      case 'start-pre':
        if (isGood) this.#steps.enterStart()
        else this.#steps.enterSignal('stop-sigterm', result)
        return
      case 'start':
        if (isGood) this.#record.adoptMain()
        if (isGood) this.#steps.enterStartPost()
        else this.#steps.enterSignal('stop-sigterm', result)
        return
      case 'start-post':
        if (isGood) this.#steps.enterRunning('success')
        else this.#steps.enterSignal('stop-sigterm', result)
        return
      case 'reload':
        this.#context.change({ reloadResult: result })
        this.#steps.enterRunning('success')
        return
      case 'stop':
        this.#steps.enterSignal('stop-sigterm', result)
        return
      case 'stop-sigterm':
      case 'stop-sigkill':
        if (!hasMain) this.#steps.enterStopPost(result)
        return
      case 'stop-post':
        if (!hasMain) this.#steps.enterSignal('final-sigterm', result)
        return
      case 'final-sigterm':
      case 'final-sigkill':
        if (!hasMain) this.#steps.enterDead(result, true)
    }
  }
}
