import type { FarShell } from './far-shell.ts'
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

export interface StartFailure {
  /** `ENOENT` where there is no such program here. */
  readonly spawnError?: string
  /** What came back instead of an answer: a login may print something of its own, and no more than that. */
  readonly stdout: string
  /** What it wrote to standard error. */
  readonly stderr: string
  /** What the way there failed with, where it could not be started. */
  readonly cause?: unknown
}

/** A host behind a shell. Batches do not wait for each other: each has a shell to itself as long as it runs. */
export function openShellHost(transport: ShellTransport): Host {
  const running = new Set<Conversation>()
  const shells = new Shells(transport)
  let isClosed = false
  return {
    name: transport.name,
    async send(batch, options = {}) {
      if (isClosed) throw new HostError('closed', `${transport.name}: it was closed before`)
      if (options.signal?.aborted) throw new HostError('closed', `${transport.name}: given up`)
      if (batch.length === 0) return []
      const conversation = new Conversation(shells, batch, options)
      running.add(conversation)
      return conversation.outcome.finally(() => running.delete(conversation))
    },
    async close() {
      isClosed = true
      shells.close()
      for (const conversation of running) conversation.fail('closed', 'it was closed')
    },
  }
}

/** A shell, and the batch that it works on. */
interface Line {
  readonly shell: FarShell
  conversation: Conversation | undefined
}

/** The shells of one host. Starting one is dear, so one that has nothing to do is kept for the next batch. */
class Shells {
  readonly transport: ShellTransport
  #idle: Line | undefined
  #isClosed = false

  constructor(transport: ShellTransport) {
    this.transport = transport
  }

  take(conversation: Conversation): FarShell {
    const line = this.#idle ?? this.#start()
    this.#idle = undefined
    line.conversation = conversation
    line.shell.hold?.(true)
    return line.shell
  }

  #start(): Line {
    const shell = this.transport.start(BOOTSTRAP)
    const line: Line = { shell, conversation: undefined }
    shell.stdout.on('data', (bytes: Buffer) => {
      line.conversation?.hear(bytes)
      if (line.conversation?.hasEnded) this.#giveBack(line)
    })
    shell.stderr.on('data', (bytes: Buffer) => line.conversation?.hearError(bytes))
    // A far side that ends early does not take all that is written to it: the end itself is what counts.
    shell.stdin.on('error', () => undefined)
    shell.ended.then(
      () => this.#lose(line, conversation => conversation.lose()),
      (error: NodeJS.ErrnoException) => this.#lose(line, conversation => conversation.failToStart(error)),
    )
    return line
  }

  #lose(line: Line, tell: (conversation: Conversation) => void): void {
    if (this.#idle === line) this.#idle = undefined
    if (line.conversation !== undefined) tell(line.conversation)
  }

  /** At the end of its input a shell ends. */
  #giveBack(line: Line): void {
    line.conversation = undefined
    line.shell.hold?.(false)
    if (line.shell.hold === undefined || this.#isClosed || this.#idle !== undefined) line.shell.stdin.end()
    else this.#idle = line
  }

  close(): void {
    this.#isClosed = true
    this.#idle?.shell.stdin.end()
    this.#idle = undefined
  }
}

interface Settle {
  resolve(replies: readonly Reply[]): void
  reject(error: unknown): void
}

const CONNECT_TIMEOUT_MS = 30_000
const MAX_STDERR = 8192

/** One batch on its way: a shell, what is written to it and what comes back. */
class Conversation {
  readonly outcome: Promise<readonly Reply[]>
  readonly #shells: Shells
  readonly #batch: readonly Request[]
  readonly #decoder: ReplyDecoder
  readonly #shell: FarShell
  readonly #connecting: NodeJS.Timeout
  #settle: Settle | undefined
  #stderr = ''
  /** What came before the far shell answered. */
  #noise = ''

  constructor(shells: Shells, batch: readonly Request[], options: SendOptions) {
    this.#shells = shells
    this.#batch = batch
    const encoded = encodeBatch(batch, options)
    this.#decoder = new ReplyDecoder(encoded)
    const giveUp = (): void => this.fail('closed', 'given up')
    options.signal?.addEventListener('abort', giveUp)
    this.outcome = new Promise<readonly Reply[]>((resolve, reject) => {
      this.#settle = { resolve, reject }
    }).finally(() => options.signal?.removeEventListener('abort', giveUp))
    this.#shell = shells.take(this)
    const limitMs = shells.transport.connectTimeoutMs ?? CONNECT_TIMEOUT_MS
    this.#connecting = setTimeout(() => this.#isTooLate(), limitMs)
    for (const frame of encoded.frames) this.#shell.stdin.write(frame)
    if (this.#shell.hold === undefined) this.#shell.stdin.end()
  }

  /** Stops listening. What the far side was told goes on there. */
  fail(reason: HostErrorReason, message: string, cause?: unknown): void {
    if (this.#settle === undefined) return
    const replies = this.#decoder.replies(this.#batch)
    this.#end(settle =>
      settle.reject(new HostError(reason, `${this.#shells.transport.name}: ${message}`, { replies, cause })),
    )
    for (const stream of [this.#shell.stdin, this.#shell.stdout, this.#shell.stderr]) stream.destroy()
    this.#shell.abandon()
  }

  /** Whether there is nothing more to come for it. */
  get hasEnded(): boolean {
    return this.#decoder.hasEnded
  }

  hear(bytes: Buffer): void {
    if (!this.#decoder.hasStarted) this.#noise = (this.#noise + bytes.toString()).slice(0, MAX_STDERR)
    try {
      this.#decoder.push(bytes)
    } catch (error) {
      this.#end(settle => settle.reject(error))
      this.#shell.stdin.end()
      return
    }
    if (this.#decoder.hasStarted) clearTimeout(this.#connecting)
    if (this.#decoder.hasEnded) this.#end(settle => settle.resolve(this.#decoder.replies(this.#batch)))
  }

  hearError(bytes: Buffer): void {
    this.#stderr = (this.#stderr + bytes.toString()).slice(-MAX_STDERR)
  }

  failToStart(error: NodeJS.ErrnoException): void {
    const { reason, message } = this.#shells.transport.explain({
      stdout: '',
      stderr: '',
      spawnError: error.code ?? error.message,
      cause: error,
    })
    this.fail(reason, message, error)
  }

  /** The process is gone, and with it whatever had not arrived. */
  lose(): void {
    const [stdout, stderr] = [this.#noise.trim(), this.#stderr.trim()]
    const { reason, message } = this.#decoder.hasStarted
      ? { reason: 'closed' as const, message: stderr || 'the connection was lost' }
      : this.#shells.transport.explain({ stdout, stderr })
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
