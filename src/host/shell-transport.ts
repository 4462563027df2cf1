import { spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { Host, HostErrorReason, Reply, Request, SendOptions } from './host.ts'
import { HostError } from './host.ts'
import { BOOTSTRAP, encodeBatch, ReplyDecoder } from './wire.ts'

/** A way to a POSIX shell. */
export interface ShellTransport {
  readonly name: string
  /** Starts `sh -c` with the bootstrap as its one argument on the far side. */
  start(bootstrap: string): FarShell
  /** How a person is told that the program is not there, or ended before the far shell answered. */
  explain(failure: StartFailure): { readonly reason: HostErrorReason; readonly message: string }
  /** How long the far shell may take to answer at all. Default 30 000. */
  readonly connectTimeoutMs?: number
}

/** The streams of a shell on the far side, however they travel. */
export interface FarShell {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves once both outputs have ended, whatever the reason; rejects where the way there could not be started. */
  readonly ended: Promise<void>
  /** No longer waits for it. What the far side was told may go on. */
  abandon(): void
  /** Ends the way there at once. */
  kill(): void
}

/** A far shell whose streams are those of a program of this machine. */
export function startProgram(argv: readonly [string, ...string[]]): FarShell {
  const [program, ...rest] = argv
  // In a session of its own: Ctrl-C is ours to answer, and must not end a batch halfway.
  const child = spawn(program, rest, { stdio: 'pipe', detached: true })
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve())
  })
  const { stdin, stdout, stderr } = child
  return { stdin, stdout, stderr, ended, abandon: () => child.unref(), kill: () => child.kill('SIGKILL') }
}

export interface StartFailure {
  /** `ENOENT` where there is no such program here. */
  readonly spawnError?: string
  /** What it wrote to standard error. */
  readonly stderr: string
}

/** A host behind a shell. Each batch is a process of its own, so that batches do not wait for each other. */
export function openShellHost(transport: ShellTransport): Host {
  const running = new Set<Conversation>()
  let isClosed = false
  return {
    name: transport.name,
    async send(batch, options = {}) {
      if (isClosed) throw new HostError('closed', `${transport.name}: it was closed before`)
      if (options.signal?.aborted) throw new HostError('closed', `${transport.name}: given up`)
      if (batch.length === 0) return []
      const conversation = new Conversation(transport, batch, options)
      running.add(conversation)
      return conversation.outcome.finally(() => running.delete(conversation))
    },
    async close() {
      isClosed = true
      for (const conversation of running) conversation.fail('closed', 'it was closed')
    },
  }
}

interface Settle {
  resolve(replies: readonly Reply[]): void
  reject(error: unknown): void
}

const CONNECT_TIMEOUT_MS = 30_000
const MAX_STDERR = 8192

/** One batch on its way: a process, what is written to it and what comes back. */
class Conversation {
  readonly outcome: Promise<readonly Reply[]>
  readonly #transport: ShellTransport
  readonly #batch: readonly Request[]
  readonly #decoder: ReplyDecoder
  readonly #shell: FarShell
  readonly #connecting: NodeJS.Timeout
  #settle: Settle | undefined
  #stderr = ''

  constructor(transport: ShellTransport, batch: readonly Request[], options: SendOptions) {
    this.#transport = transport
    this.#batch = batch
    const encoded = encodeBatch(batch, options)
    this.#decoder = new ReplyDecoder(encoded)
    const giveUp = (): void => this.fail('closed', 'given up')
    options.signal?.addEventListener('abort', giveUp)
    this.outcome = new Promise<readonly Reply[]>((resolve, reject) => {
      this.#settle = { resolve, reject }
    }).finally(() => options.signal?.removeEventListener('abort', giveUp))
    this.#shell = transport.start(BOOTSTRAP)
    this.#connecting = setTimeout(() => this.#isTooLate(), transport.connectTimeoutMs ?? CONNECT_TIMEOUT_MS)
    this.#listen()
    for (const frame of encoded.frames) this.#shell.stdin.write(frame)
    this.#shell.stdin.end()
  }

  /** Stops listening. What the far side was told goes on there. */
  fail(reason: HostErrorReason, message: string, cause?: unknown): void {
    const replies = this.#decoder.replies(this.#batch)
    this.#end(settle =>
      settle.reject(new HostError(reason, `${this.#transport.name}: ${message}`, { replies, cause })),
    )
    for (const stream of [this.#shell.stdin, this.#shell.stdout, this.#shell.stderr]) stream.destroy()
    this.#shell.abandon()
  }

  #listen(): void {
    const shell = this.#shell
    shell.stdout.on('data', (bytes: Buffer) => this.#hear(bytes))
    shell.stderr.on('data', (bytes: Buffer) => {
      this.#stderr = (this.#stderr + bytes.toString()).slice(-MAX_STDERR)
    })
    // A far side that ends early does not take all that is written to it: the end itself is what counts.
    shell.stdin.on('error', () => undefined)
    shell.ended.then(
      () => this.#lose(),
      (error: NodeJS.ErrnoException) => this.#failToStart(error),
    )
  }

  #hear(bytes: Buffer): void {
    try {
      this.#decoder.push(bytes)
    } catch (error) {
      this.#end(settle => settle.reject(error))
      return
    }
    if (this.#decoder.hasStarted) clearTimeout(this.#connecting)
    if (this.#decoder.hasEnded) this.#end(settle => settle.resolve(this.#decoder.replies(this.#batch)))
  }

  #failToStart(error: NodeJS.ErrnoException): void {
    const { reason, message } = this.#transport.explain({
      stderr: '',
      spawnError: error.code ?? error.message,
    })
    this.fail(reason, message, error)
  }

  /** The process is gone, and with it whatever had not arrived. */
  #lose(): void {
    const stderr = this.#stderr.trim()
    const { reason, message } = this.#decoder.hasStarted
      ? { reason: 'closed' as const, message: stderr || 'the connection was lost' }
      : this.#transport.explain({ stderr })
    this.fail(reason, message)
  }

  #isTooLate(): void {
    this.#shell.kill()
    this.fail('timeout', this.#stderr.trim() || 'it does not answer')
  }

  #end(tell: (settle: Settle) => void): void {
    clearTimeout(this.#connecting)
    const settle = this.#settle
    this.#settle = undefined
    if (settle !== undefined) tell(settle)
  }
}
