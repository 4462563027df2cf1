import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { JsonLines, type Message } from './json-lines.ts'
import { panicIn, vmProcess } from './vm-directory.ts'

/** Nobody answers: the machine or its agent is gone, or says nothing. */
export class AgentLost extends Error {
  override readonly name = 'AgentLost'
  /** `ended`: the machine, or its kernel; `broken`: the agent, which may come back; `timeout`: it says nothing. */
  readonly reason: LostReason

  constructor(reason: LostReason, message: string) {
    super(message)
    this.reason = reason
  }
}

export type LostReason = 'ended' | 'broken' | 'timeout'

/** The agent answered that it will not, or cannot. */
export class AgentRefusal extends Error {
  override readonly name = 'AgentRefusal'
}

/** What came of a program that ran to its end in the guest. */
export interface GuestFinished {
  readonly exitCode: number
  readonly stdout: Buffer
  readonly stderr: Buffer
}

/** `guest-exec` gives a program no environment at all. */
const ENVIRONMENT = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'LC_ALL=C',
  'HOME=/root',
]

const READ_SIZE_BYTES = 1 << 20
const SYNC_MARK = Buffer.of(0xff)

/** One call carries 64 MiB at most, in base64 (MAX_TOKEN_SIZE, QEMU's qobject/json-streamer.c). */
export const LARGEST_INPUT_BYTES = 47 << 20

const WATCH_INTERVAL_MS = 200

/**
 * QEMU serves one client of the socket at a time and the next one when it leaves, in order. So that other programs get their
 * turn, the connection is let go of after this time without a call, and at the latest after the other; a new one
 * costs 0.1 s.
 */
const IDLE_MS = 50
const HOLD_MS = 2000

/**
 * qemu-guest-agent in a virtual machine: programs and files, with no network. Calls are answered one after the other;
 * callers may interleave them.
 */
export class GuestAgent {
  readonly #directory: string
  readonly #answerLimitMs: number
  #line: { readonly lines: JsonLines; readonly since: number } | undefined
  #last: Promise<unknown> = Promise.resolve()
  #idle: NodeJS.Timeout | undefined
  #waiting = 0

  /** Of the machine that is kept in `directory` (`vmDirectory`). Default limit: 60 000; 8 MiB of input take 3 s under TCG. */
  constructor(directory: string, answerLimitMs = 60_000) {
    this.#directory = directory
    this.#answerLimitMs = answerLimitMs
  }

  /** Waits until the agent answers; rejects with `AgentLost` where it does not within the limit. */
  ready(limitMs: number): Promise<void> {
    return this.#inTurn(() => this.#connected(limitMs).then(() => undefined))
  }

  /** One command of the QEMU Guest Agent Protocol. */
  call(execute: string, args: Message): Promise<unknown> {
    return this.#inTurn(async () => {
      const lines = await this.#connected(this.#answerLimitMs)
      lines.send({ execute, arguments: args })
      const message = await this.#answer(lines, this.#answerLimitMs)
      if ('return' in message) return message.return
      throw new AgentRefusal(`the guest agent refused ${execute}: ${String(field(message.error, 'desc'))}`)
    })
  }

  /** Starts a program as root and gives its process number. */
  async start(argv: readonly string[], stdin?: Uint8Array): Promise<unknown> {
    const [path, ...arg] = argv
    const input = stdin === undefined ? {} : { 'input-data': Buffer.from(stdin).toString('base64') }
    const options = { path, arg, env: ENVIRONMENT, 'capture-output': true, ...input }
    return field(await this.call('guest-exec', options), 'pid')
  }

  /** What came of a program that was started; undefined while it runs. Asking for the end makes the agent forget it. */
  async status(pid: unknown): Promise<GuestFinished | undefined> {
    const status = await this.call('guest-exec-status', { pid })
    return field(status, 'exited') === true ? finished(status) : undefined
  }

  /** Runs a program as root, and waits for its end. */
  async exec(argv: readonly string[], stdin?: Uint8Array): Promise<GuestFinished> {
    const pid = await this.start(argv, stdin)
    for (const waitMs of pollTimes()) {
      const ended = await this.status(pid)
      if (ended !== undefined) return ended
      await delay(waitMs)
    }
    throw new Error('polling has no end')
  }

  open(path: string, mode: string): Promise<unknown> {
    return this.call('guest-file-open', { path, mode })
  }

  /** The next bytes of an open file; none at its end, which is asked for anew each time. */
  async read(handle: unknown): Promise<Buffer> {
    return bytes(await this.call('guest-file-read', { handle, count: READ_SIZE_BYTES }), 'buf-b64')
  }

  async close(handle: unknown): Promise<void> {
    await this.call('guest-file-close', { handle })
  }

  /** Reads a regular file whole. */
  async readFile(path: string): Promise<Buffer> {
    const handle = await this.open(path, 'r')
    try {
      const parts: Buffer[] = []
      for (;;) {
        const part = await this.read(handle)
        if (part.length === 0) return Buffer.concat(parts)
        parts.push(part)
      }
    } finally {
      await this.close(handle)
    }
  }

  /** Asks the guest to power off; there is no answer to wait for. */
  shutDown(): Promise<void> {
    return this.#inTurn(async () => {
      const lines = await this.#connected(this.#answerLimitMs)
      lines.send({ execute: 'guest-shutdown', arguments: { mode: 'powerdown' } })
    })
  }

  /** Lets go of the socket, once the calls under way are answered; the next call connects again. */
  release(): Promise<void> {
    return this.#inTurn(() => Promise.resolve(this.#drop()))
  }

  #inTurn<T>(body: () => Promise<T>): Promise<T> {
    clearTimeout(this.#idle)
    this.#waiting++
    const turn = this.#last.then(body).catch(error => {
      if (!(error instanceof AgentRefusal)) this.#drop()
      throw error
    })
    this.#last = turn.catch(() => undefined).then(() => this.#rest())
    return turn
  }

  #rest(): void {
    this.#waiting--
    if (this.#waiting === 0) this.#idle = setTimeout(() => this.#drop(), IDLE_MS)
  }

  #drop(): void {
    clearTimeout(this.#idle)
    this.#line?.lines.end()
    this.#line = undefined
  }

  /**
   * The connection there is, or a new one on which the agent has answered. Its answer is waited for by number
   * (`guest-sync-delimited`): what an earlier client did not read comes first. What is written to the port before the agent
   * opens it is kept for it. After a snapshot is loaded an answer may be lost: then it is asked once more on another
   * connection.
   */
  async #connected(limitMs: number): Promise<JsonLines> {
    if (this.#line !== undefined && performance.now() - this.#line.since > HOLD_MS) this.#drop()
    if (this.#line !== undefined) return this.#line.lines
    const lines = await this.#connect(performance.now() + limitMs)
    this.#line = { lines, since: performance.now() }
    const id = randomInt(2 ** 31)
    lines.send({ execute: 'guest-sync-delimited', arguments: { id } }, SYNC_MARK)
    while ((await this.#answer(lines, limitMs)).return !== id);
    return lines
  }

  /** The socket is there a moment after QEMU is; more clients than may queue for it are told to come again (EAGAIN). */
  async #connect(deadline: number): Promise<JsonLines> {
    for (;;) {
      try {
        return await JsonLines.connect(join(this.#directory, 'agent'))
      } catch (error) {
        this.#assertAlive()
        if (performance.now() > deadline)
          throw new AgentLost('timeout', `its socket cannot be connected to: ${String(error)}`)
        await delay(20)
      }
    }
  }

  /** The next message, unless the machine ends, its kernel panics, or the time is over. */
  async #answer(lines: JsonLines, limitMs: number): Promise<Message> {
    const message = lines.receive()
    message.catch(() => undefined)
    const stop = new AbortController()
    try {
      return await Promise.race([message, this.#watch(limitMs, stop.signal)])
    } catch (error) {
      if (error instanceof AgentLost) throw error
      this.#assertAlive()
      throw new AgentLost('broken', `the connection to its guest agent broke: ${String(error)}`)
    } finally {
      stop.abort()
    }
  }

  async #watch(limitMs: number, signal: AbortSignal): Promise<never> {
    const deadline = performance.now() + limitMs
    while (performance.now() < deadline) {
      await delay(Math.min(WATCH_INTERVAL_MS, limitMs), undefined, { signal })
      this.#assertAlive()
    }
    throw new AgentLost(
      'timeout',
      `its guest agent did not answer within ${limitMs / 1000} s: the guest is busy or stopped, or another program holds ` +
        'the agent, which serves one at a time',
    )
  }

  #assertAlive(): void {
    const panic = panicIn(this.#directory)
    if (panic !== undefined) throw new AgentLost('ended', panic)
    if (vmProcess(this.#directory) === undefined) throw new AgentLost('ended', 'the virtual machine ended')
  }
}

/** How long to wait before asking again: at first briefly, then four times a second. */
export function* pollTimes(): Generator<number> {
  for (let waitMs = 5; ; waitMs = Math.min(waitMs * 1.5, 250)) yield waitMs
}

function finished(status: unknown): GuestFinished {
  const signal = field(status, 'signal')
  const exitCode = typeof signal === 'number' ? 128 + signal : Number(field(status, 'exitcode'))
  return { exitCode, stdout: bytes(status, 'out-data'), stderr: bytes(status, 'err-data') }
}

function bytes(message: unknown, name: string): Buffer {
  const text = field(message, name)
  return Buffer.from(typeof text === 'string' ? text : '', 'base64')
}

function field(message: unknown, name: string): unknown {
  return typeof message === 'object' && message !== null ? (message as Message)[name] : undefined
}
