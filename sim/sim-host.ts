import { digestOf } from '../src/host/digest.ts'
import { KernelError } from '../src/host/errno.ts'
import {
  type Exec,
  type ExecReply,
  type Host,
  HostError,
  isFailure,
  type List,
  type Read,
  type Reply,
  type Request,
  type SendOptions,
  type Stat,
  type Wait,
  type Write,
} from '../src/host/host.ts'
import { concatBytes } from '../src/host/surrogate-escape.ts'
import type { Attributes } from './fs/driver.ts'
import { byBytes } from './fs/tree.ts'
import type { Machine } from './machine.ts'

const DEFAULT_TIMEOUT_MS = 120_000
const DEFAULT_INTERVAL_MS = 200

/** What one request costs on the virtual clock beside what it does. */
const REQUEST_NS = 1_000_000

/** Makes temporary names beside a file; the engine's own, so that a person can tell whose they are. */
const TEMPORARY_SUFFIX = '.seatrial-new'

/** The port to a simulated machine: the only door for the engine. A batch is a loop. */
export class SimHost implements Host {
  readonly name: string
  #machine: Machine
  #isClosed = false

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
  }

  async send(batch: readonly Request[], options: SendOptions = {}): Promise<readonly Reply[]> {
    if (this.#isClosed) throw new HostError('closed', `${this.name}: the host is closed`)
    if (options.lock === undefined) return this.#runAll(batch, options)
    const { locks } = this.#machine
    if (locks.has(options.lock)) return batch.map(() => ({ kind: 'not-run', reason: 'locked' }))
    locks.add(options.lock)
    try {
      this.#machine.fs.open(this.#machine.rootCaller, options.lock, { write: true, create: true }, 0o644)
      return await this.#runAll(batch, options)
    } finally {
      locks.delete(options.lock)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }

  async #runAll(batch: readonly Request[], options: SendOptions): Promise<readonly Reply[]> {
    const replies: Reply[] = []
    let isStopped = false
    for (const request of batch) {
      if (options.signal?.aborted) throw new HostError('closed', `${this.name}: interrupted`, { replies })
      if (isStopped) {
        replies.push({ kind: 'not-run', reason: 'earlier-failure' })
        continue
      }
      const reply = await this.#run(request)
      isStopped = options.stopAtFailure === true && isFailure(reply)
      replies.push(isStopped ? await this.#recover(request, reply) : reply)
    }
    return replies
  }

  async #recover(request: Request, reply: Reply): Promise<Reply> {
    if (request.onFailure === undefined) return reply
    return { ...reply, recovery: await this.#runAll(request.onFailure, {}) }
  }

  async #run(request: Request): Promise<Reply> {
    this.#machine.clock.advance(REQUEST_NS)
    try {
      switch (request.kind) {
        case 'exec':
          return await this.#exec(request)
        case 'wait':
          return await this.#wait(request)
        case 'read':
          return this.#read(request)
        case 'write':
          return this.#write(request)
        case 'list':
          return this.#list(request)
        case 'remove':
          this.#machine.fs.unlink(this.#machine.rootCaller, request.path)
          this.#syncDirectory(request.path)
          return { kind: 'done' }
      }
    } catch (error) {
      if (error instanceof KernelError) return { kind: 'errno', errno: error.errno }
      throw error
    }
  }

  async #exec(request: Exec): Promise<ExecReply> {
    const { stdin, env, cwd, timeoutMs = DEFAULT_TIMEOUT_MS } = request
    const result = await this.#machine.run(request.argv, {
      timeoutMs,
      ...(stdin === undefined ? {} : { stdin }),
      ...(env === undefined ? {} : { env }),
      ...(cwd === undefined ? {} : { cwd }),
    })
    return { kind: 'exec', ...result }
  }

  async #wait(request: Wait): Promise<ExecReply> {
    const { clock } = this.#machine
    const intervalNs = (request.intervalMs ?? DEFAULT_INTERVAL_MS) * 1e6
    const deadlineNs = clock.monotonicNs + request.limitMs * 1e6
    for (;;) {
      const reply = await this.#exec(request.exec)
      if (reply.exitCode === 0) return reply
      if (clock.monotonicNs + intervalNs > deadlineNs) return { ...reply, isTimedOut: true }
      await this.#machine.sleep(intervalNs)
    }
  }

  #read(request: Read): Reply {
    this.#checkDigest(request)
    if (request.ifDigest === 'absent') return { kind: 'done' }
    const content = this.#content(request.path)
    return {
      kind: 'read',
      content,
      stat: statOf(this.#machine.fs.stat(this.#machine.rootCaller, request.path)),
    }
  }

  #contentOrErrno(path: string): Uint8Array | KernelError['errno'] {
    try {
      return this.#content(path)
    } catch (error) {
      if (error instanceof KernelError) return error.errno
      throw error
    }
  }

  #content(path: string): Uint8Array {
    const file = this.#machine.fs.open(this.#machine.rootCaller, path, { read: true }, 0)
    file.hold()
    try {
      const parts: Uint8Array[] = []
      for (
        let bytes = file.read(1 << 20);
        bytes !== undefined && bytes.length > 0;
        bytes = file.read(1 << 20)
      )
        parts.push(bytes)
      return concatBytes(parts)
    } finally {
      file.release()
    }
  }

  #write(request: Write): Reply {
    const { fs, rootCaller: caller } = this.#machine
    this.#checkDigest(request)
    const path = fs.realpath(caller, request.path, true)
    const existing = this.#statIfThere(path)
    if (existing !== undefined && existing.type !== 'file')
      throw new KernelError(existing.type === 'directory' ? 'EISDIR' : 'EINVAL')
    const { mount, driver } = fs.mountOf(caller, existing === undefined ? directoryOf(path) : path)
    if (driver.fstype !== mount.fstype || isGenerated(mount.fstype)) this.#writeOnce(path, request.content)
    else this.#replace(path, request, existing)
    return { kind: 'done' }
  }

  #checkDigest(request: Read | Write): void {
    if (request.ifDigest === undefined) return
    const content = this.#contentOrErrno(request.path)
    const digest =
      content === 'ENOENT' ? 'absent' : typeof content === 'string' ? undefined : digestOf(content)
    if (digest !== request.ifDigest) throw new KernelError('ESTALE')
  }

  /** One write(2): what a file of proc, sysfs or cgroup takes. */
  #writeOnce(path: string, content: Uint8Array): void {
    const file = this.#machine.fs.open(this.#machine.rootCaller, path, { write: true }, 0)
    file.hold()
    try {
      file.write(content)
    } finally {
      file.release()
    }
  }

  /** A temporary name beside it, synced, renamed; the old file stays whole until the new one is. */
  #replace(path: string, request: Write, existing: Attributes | undefined): void {
    const { fs, rootCaller: caller } = this.#machine
    if (fs.mountOf(caller, existing === undefined ? directoryOf(path) : path).mount.target === path)
      throw new KernelError('EBUSY')
    const temporary = `${path}${TEMPORARY_SUFFIX}`
    const file = fs.open(caller, temporary, { write: true, create: true, truncate: true }, 0o600)
    file.hold()
    try {
      file.write(request.content)
      if (existing !== undefined)
        fs.chown(caller, temporary, { uid: existing.uid, gid: existing.gid, isFollowing: false })
      fs.chmod(caller, temporary, request.mode ?? existing?.mode ?? 0o644)
      file.sync()
      fs.rename(caller, temporary, path)
    } catch (error) {
      fs.unlink(caller, temporary)
      throw error
    } finally {
      file.release()
    }
    this.#syncDirectory(path)
  }

  #syncDirectory(path: string): void {
    this.#machine.fs.fsync(this.#machine.rootCaller, directoryOf(path))
  }

  #statIfThere(path: string): Attributes | undefined {
    try {
      return this.#machine.fs.stat(this.#machine.rootCaller, path)
    } catch (error) {
      if (error instanceof KernelError && error.errno === 'ENOENT') return undefined
      throw error
    }
  }

  #list(request: List): Reply {
    const { fs, rootCaller: caller } = this.#machine
    const { contentOf } = request
    const entries = [...fs.readdir(caller, request.path)].sort(byBytes).map(name => {
      const path = `${request.path === '/' ? '' : request.path}/${name}`
      const attributes = fs.lstat(caller, path)
      const isWanted =
        contentOf !== undefined && name.endsWith(contentOf) && this.#statIfThere(path)?.type !== 'directory'
      return {
        name,
        stat: statOf(attributes),
        ...(attributes.target === undefined ? {} : { target: attributes.target }),
        ...(isWanted ? { content: this.#contentOrErrno(path) } : {}),
      }
    })
    return { kind: 'list', entries }
  }
}

const isGenerated = (fstype: string): boolean => ['proc', 'sysfs', 'cgroup2', 'cgroup'].includes(fstype)

const directoryOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 1))

/** The fields that the port has; the simulator knows more. */
function statOf(attributes: Attributes): Stat {
  const { type, mode, uid, gid, sizeBytes, mtimeSeconds, ctimeSeconds } = attributes
  return { type, mode, uid, gid, sizeBytes, mtimeSeconds, ctimeSeconds }
}
