import { KernelError } from '../src/host/errno.ts'
import {
  type ErrnoReply,
  type Exec,
  type ExecReply,
  type Host,
  HostError,
  isFailure,
  type Reply,
  type Request,
  type SendOptions,
  type Wait,
} from '../src/host/host.ts'
import { FileRequests } from './file-requests.ts'
import { OpenFile } from './fs/open-file.ts'
import type { Machine } from './machine.ts'

const DEFAULT_TIMEOUT_MS = 120_000
const DEFAULT_INTERVAL_MS = 200

/** What one request costs on the virtual clock beside what it does. */
const REQUEST_NS = 1_000_000

/** The port to a simulated machine: the only door for the engine. A batch is a loop. */
export class SimHost implements Host {
  readonly name: string
  #machine: Machine
  #isClosed = false
  #isOff = false

  constructor(name: string, machine: Machine) {
    this.name = name
    this.#machine = machine
  }

  /** The machine behind the door, for those who may know that there is one. */
  get machine(): Machine {
    return this.#machine
  }

  /** Goes on with another machine: after a reboot, or with a fork. */
  set machine(machine: Machine) {
    this.#machine = machine
    this.#isOff = false
  }

  async send(batch: readonly Request[], options: SendOptions = {}): Promise<readonly Reply[]> {
    if (this.#isClosed) throw new HostError('closed', `${this.name}: the host is closed`)
    if (options.lock === undefined) return this.#runAll(batch, options)
    const file = this.#openLock(options.lock)
    if (!(file instanceof OpenFile)) return batch.map(() => file)
    file.hold()
    try {
      if (!this.#machine.locks.lock(file, 'exclusive'))
        return batch.map(() => ({ kind: 'not-run', reason: 'locked' }))
      return await this.#runAll(batch, options)
    } finally {
      file.release()
    }
  }

  #openLock(path: string): OpenFile | ErrnoReply {
    const { fs, rootCaller } = this.#machine
    try {
      return fs.open(rootCaller, path, { write: true, create: true }, 0o644)
    } catch (error) {
      return errnoReply(error)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }

  async #runAll(batch: readonly Request[], options: SendOptions): Promise<readonly Reply[]> {
    const replies: Reply[] = []
    let isStopped = false
    if (options.signal?.aborted) throw new HostError('closed', `${this.name}: interrupted`)
    for (const request of batch) {
      if (this.#isOff) throw new HostError('unreachable', `${this.name}: the machine is off`, { replies })
      if (isStopped) {
        replies.push({ kind: 'not-run', reason: 'earlier-failure' })
        continue
      }
      const reply = await this.#run(request, options.signal)
      if (options.signal?.aborted) throw new HostError('closed', `${this.name}: interrupted`, { replies })
      isStopped = options.stopAtFailure === true && isFailure(reply)
      replies.push(isStopped ? await this.#recover(request, reply) : reply)
    }
    return replies
  }

  async #recover(request: Request, reply: Reply): Promise<Reply> {
    if (request.onFailure === undefined) return reply
    return { ...reply, recovery: await this.#runAll(request.onFailure, {}) }
  }

  async #run(request: Request, signal: AbortSignal | undefined): Promise<Reply> {
    this.#machine.clock.advance(REQUEST_NS)
    try {
      if (request.kind === 'exec') return await this.#exec(request, signal)
      if (request.kind === 'wait') return await this.#wait(request, signal)
      return new FileRequests(this.#machine).answer(request)
    } catch (error) {
      return errnoReply(error)
    }
  }

  async #exec(request: Exec, signal: AbortSignal | undefined): Promise<ExecReply> {
    const { stdin, env, cwd, timeoutMs = DEFAULT_TIMEOUT_MS } = request
    if (cwd !== undefined) this.#machine.fs.checkDirectory(this.#machine.rootCaller, cwd)
    const result = await this.#machine.run(request.argv, {
      timeoutMs,
      ...(stdin === undefined ? {} : { stdin }),
      ...(env === undefined ? {} : { env }),
      ...(cwd === undefined ? {} : { cwd }),
      ...(signal === undefined ? {} : { signal }),
    })
    await this.#followPower()
    return { kind: 'exec', ...result }
  }

  /** A program may have rebooted the machine, or ended it. */
  async #followPower(): Promise<void> {
    const next = await this.#machine.followPower()
    if (next === 'off') this.#isOff = true
    else if (next !== undefined) this.#machine = next
  }

  async #wait(request: Wait, signal: AbortSignal | undefined): Promise<ExecReply> {
    const { clock } = this.#machine
    const intervalNs = (request.intervalMs ?? DEFAULT_INTERVAL_MS) * 1e6
    const deadlineNs = clock.monotonicNs + request.limitMs * 1e6
    for (;;) {
      const reply = await this.#exec(request.exec, signal)
      if (reply.exitCode === 0 || signal?.aborted) return reply
      if (clock.monotonicNs + intervalNs > deadlineNs) return { ...reply, isTimedOut: true }
      await this.#machine.sleep(intervalNs)
    }
  }
}

/** A refusal of the kernel as a reply; whatever else was thrown is thrown again. */
function errnoReply(error: unknown): ErrnoReply {
  if (error instanceof KernelError) return { kind: 'errno', errno: error.errno }
  throw error
}
