import { setTimeout as delay } from 'node:timers/promises'
import type { Finished } from '../command.ts'
import { JsonLines, type Message } from './json-lines.ts'

/** `guest-exec` gives a program no environment at all. */
const ENVIRONMENT = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'LC_ALL=C',
  'HOME=/root',
]

const READ_SIZE_BYTES = 1 << 20

/** qemu-guest-agent in a virtual machine: programs and files, with no network. One call at a time. */
export class GuestAgent {
  readonly #lines: JsonLines
  #last: Promise<unknown> = Promise.resolve()

  private constructor(lines: JsonLines) {
    this.#lines = lines
  }

  /**
   * Connects, and waits until the agent in the guest answers. What is written to the port before the agent opens it is
   * kept for it, so one `guest-sync-delimited` is enough (QEMU Guest Agent Protocol Reference).
   */
  static async connect(path: string, isAlive: () => boolean): Promise<GuestAgent> {
    const lines = await JsonLines.connect(path, isAlive)
    const id = Date.now() % 1_000_000_000
    lines.send({ execute: 'guest-sync-delimited', arguments: { id } }, '\u00ff')
    while ((await lines.receive()).return !== id);
    return new GuestAgent(lines)
  }

  /** Runs a program as root, and waits for its end. */
  async exec(argv: readonly string[], stdin?: Uint8Array): Promise<Finished> {
    const [path, ...arg] = argv
    const input = stdin === undefined ? {} : { 'input-data': Buffer.from(stdin).toString('base64') }
    const started = await this.#call('guest-exec', {
      path,
      arg,
      env: ENVIRONMENT,
      'capture-output': true,
      ...input,
    })
    for (let waitMs = 10; ; waitMs = Math.min(waitMs * 2, 200)) {
      const status = await this.#call('guest-exec-status', { pid: field(started, 'pid') })
      if (field(status, 'exited') === true) return finished(status)
      await delay(waitMs)
    }
  }

  /** Reads a regular file whole. */
  async readFile(path: string): Promise<Buffer> {
    const handle = field({ handle: await this.#call('guest-file-open', { path, mode: 'r' }) }, 'handle')
    try {
      const parts: Buffer[] = []
      for (;;) {
        const part = await this.#call('guest-file-read', { handle, count: READ_SIZE_BYTES })
        parts.push(bytes(part, 'buf-b64'))
        if (field(part, 'eof') === true) return Buffer.concat(parts)
      }
    } finally {
      await this.#call('guest-file-close', { handle })
    }
  }

  /** Asks the guest to power off; there is no answer to wait for. */
  shutDown(): void {
    this.#lines.send({ execute: 'guest-shutdown', arguments: { mode: 'powerdown' } })
  }

  end(): void {
    this.#lines.end()
  }

  #call(execute: string, args: Message): Promise<unknown> {
    const answer = this.#last.then(async () => {
      this.#lines.send({ execute, arguments: args })
      const message = await this.#lines.receive()
      if ('return' in message) return message.return
      throw new Error(`${execute}: ${String(field(message.error, 'desc'))}`)
    })
    this.#last = answer.catch(() => undefined)
    return answer
  }
}

function finished(status: unknown): Finished {
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
