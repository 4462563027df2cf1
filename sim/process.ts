import { KernelError } from '../src/host/errno.ts'
import { Unsimulated } from '../src/host/host.ts'
import { concatBytes, decodeText, encodeText } from '../src/host/surrogate-escape.ts'
import type { Bus } from './bus.ts'
import type { Clock } from './clock.ts'
import type { FileLocks } from './fs/flock.ts'
import type { Mounting } from './fs/mounting.ts'
import type { OpenFile } from './fs/open-file.ts'
import type { AccessMask, Caller, Credentials, FileSystem, OpenFlags, SimStat } from './fs/vfs.ts'
import { checkArgumentSize } from './kernel/exec-limits.ts'
import type { Kernel } from './kernel/kernel.ts'
import type { Blocking, Scheduler, Wait } from './scheduler.ts'
import { settle } from './scheduler.ts'

/** A program: what execve(2) starts. Returns its exit status; one that can block is a generator. */
export type Program = (process: Process) => number | Blocking<number>

/** What all processes of a machine share. */
export interface System {
  readonly clock: Clock
  readonly kernel: Kernel
  readonly fs: FileSystem
  readonly mounting: Mounting
  readonly locks: FileLocks
  readonly scheduler: Scheduler
  /** What root may do on this machine. */
  readonly rootCredentials: Credentials
  /** The version of an installed Debian package, as dpkg has it: what programs of several releases do by. */
  packageVersion(name: string): string | undefined
  /** The daemons that a program can speak to, as over a socket. */
  readonly bus: Bus
  /**
   * What execve(2) finds at a path: a program of ours, with an empty argv, or a script's interpreter with the argv that
   * the kernel makes of its first line (to be followed by the caller's own arguments). Throws ENOENT, EACCES, ENOEXEC.
   */
  load(
    process: Process,
    path: string,
  ): { readonly program: Program; readonly argv: readonly string[]; readonly exe: string }
  /** Uniform in [0, 1), from the machine's seed. */
  random(): number
  /** A process came to be. */
  started(process: Process): void
  /** kill(2) of any process of the machine; ESRCH. */
  kill(pid: number, signal: SignalName): void
  /** A process is gone: PID 1 hears of its services. */
  exited(pid: number, exitCode: number): void
  /** Something that is no exit status came out of a process: the run is over, and throws it. */
  thrown(error: unknown): void
  /** sd_notify(3): a service tells PID 1 something. */
  notified(pid: number, message: string): void
}

export interface ProcessOptions {
  readonly argv: readonly string[]
  readonly env: ReadonlyMap<string, string>
  readonly cwd?: string
  readonly umask?: number
  readonly credentials: Credentials
  /** Open files by descriptor. */
  readonly files: ReadonlyMap<number, OpenFile>
  readonly parent?: Process
  /** Path in the cgroup hierarchy; default: the parent's. */
  readonly cgroup?: string
  /** The path that was executed. */
  readonly exe?: string
  /** A process that is in the table already: it goes on, as PID 1 of a forked machine does. */
  readonly pid?: number
}

export type SignalName =
  | 'HUP'
  | 'INT'
  | 'QUIT'
  | 'ABRT'
  | 'KILL'
  | 'USR1'
  | 'SEGV'
  | 'USR2'
  | 'PIPE'
  | 'ALRM'
  | 'TERM'
  | 'CHLD'
  | 'CONT'
  | 'URG'
  | 'WINCH'

/** Numbers of signal(7), x86. */
export const SIGNAL_NUMBER: Readonly<Record<SignalName, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ABRT: 6,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  CHLD: 17,
  CONT: 18,
  URG: 23,
  WINCH: 28,
}

/** Signals whose default action is to do nothing (to a process that is not stopped). */
const IGNORED_BY_DEFAULT: readonly SignalName[] = ['CHLD', 'CONT', 'URG', 'WINCH']

/** TASK_COMM_LEN of include/linux/sched.h, without its NUL. */
const COMM_LENGTH = 15

/** One process: its attributes of fork(2), and the system calls that a program may make. */
export class Process implements Caller {
  readonly system: System
  readonly pid: number
  readonly parent: Process | undefined
  argv: readonly string[]
  readonly env: Map<string, string>
  readonly files: Map<number, OpenFile>
  cwd: string
  umask: number
  credentials: Credentials
  /** Signals that arrived and that the program said it would look at itself. */
  readonly pendingSignals: SignalName[] = []
  /** What the program does about a signal; `undefined` is the default action. */
  readonly signalActions = new Map<SignalName, 'ignore' | 'catch'>()
  readonly children = new Map<number, Child>()
  /** Of the script that this process interprets: the line that it is at. */
  line: number | undefined
  /** The signal whose default action ended this process, as waitpid(2) tells. */
  terminatedBy: SignalName | undefined

  constructor(system: System, options: ProcessOptions) {
    this.system = system
    this.pid = options.pid ?? system.kernel.processes.nextPid()
    this.parent = options.parent
    this.argv = options.argv
    this.env = new Map(options.env)
    this.files = new Map(options.files)
    this.cwd = options.cwd ?? options.parent?.cwd ?? '/'
    this.umask = options.umask ?? options.parent?.umask ?? 0o022
    this.credentials = options.credentials
    for (const file of this.files.values()) file.hold()
    if (options.pid === undefined) this.#register(options)
  }

  #register(options: ProcessOptions): void {
    const { system } = this
    const parentRecord = system.kernel.processes.get(options.parent?.pid ?? 0)
    system.kernel.processes.add({
      pid: this.pid,
      ppid: options.parent?.pid ?? 0,
      comm: this.name.slice(0, COMM_LENGTH),
      argv: options.argv,
      exe: options.exe ?? parentRecord?.exe ?? '',
      uid: options.credentials.uid,
      startNs: system.clock.monotonicNs,
      cgroup: options.cgroup ?? parentRecord?.cgroup ?? '/',
    })
    system.started(this)
  }

  /** The line that is run, of the nearest ancestor that runs a script. */
  get lineOfScript(): number | undefined {
    return this.line ?? this.parent?.lineOfScript
  }

  /** argv[0] without its directory: the name that messages start with. */
  get name(): string {
    const first = this.argv[0] ?? ''
    return first.slice(first.lastIndexOf('/') + 1)
  }

  get kernel(): Kernel {
    return this.system.kernel
  }

  get clock(): Clock {
    return this.system.clock
  }

  /** open(2): the lowest free descriptor. */
  open(path: string, flags: OpenFlags, mode = 0o666): number {
    const file = this.system.fs.open(this, path, flags, mode)
    return this.install(file)
  }

  /** Puts an open file at a descriptor (the lowest free one from `from` on), as dup(2) and dup2(2) do. */
  install(file: OpenFile, at?: number, from = 0): number {
    let fd = at ?? from
    if (at === undefined) while (this.files.has(fd)) fd++
    file.hold()
    this.files.get(fd)?.release()
    this.files.set(fd, file)
    return fd
  }

  close(fd: number): void {
    this.file(fd).release()
    this.files.delete(fd)
  }

  /** Closes every descriptor: what exit(2) does. */
  closeAll(): void {
    for (const file of this.files.values()) file.release()
    this.files.clear()
  }

  /** The open file behind a descriptor; EBADF. */
  file(fd: number): OpenFile {
    const file = this.files.get(fd)
    if (file === undefined) throw new KernelError('EBADF')
    return file
  }

  /** read(2), blocking: an empty array is end of file. */
  *read(fd: number, maxBytes = 65_536): Blocking<Uint8Array> {
    const file = this.file(fd)
    for (;;) {
      const bytes = file.read(maxBytes)
      if (bytes !== undefined) return bytes
      yield file.whenReadable()
    }
  }

  /** Everything up to end of file. */
  *readToEnd(fd: number): Blocking<Uint8Array> {
    const parts: Uint8Array[] = []
    for (;;) {
      const bytes = yield* this.read(fd)
      if (bytes.length === 0) return concatBytes(parts)
      parts.push(bytes)
    }
  }

  /** write(2) of the whole, blocking while a pipe is full. A pipe without reader is SIGPIPE, or EPIPE if ignored. */
  *write(fd: number, bytes: Uint8Array | string): Blocking<void> {
    const file = this.file(fd)
    let rest = typeof bytes === 'string' ? encodeText(bytes) : bytes
    while (rest.length > 0) {
      const written = this.#withSigpipe(() => file.write(rest))
      rest = rest.subarray(written)
      if (rest.length > 0) yield { isReady: () => file.isWritable() }
    }
  }

  /**
   * Writes without blocking, for programs that are no generators: a pipe takes it all, whatever its capacity.
   */
  writeNow(fd: number, bytes: Uint8Array | string): void {
    const file = this.file(fd)
    const all = typeof bytes === 'string' ? encodeText(bytes) : bytes
    if (all.length > 0) this.#withSigpipe(() => file.write(all, { isUnbounded: true }))
  }

  /** Text to standard output; nothing is no write(2), which a closed one would refuse. */
  print(text: string): void {
    if (text !== '') this.writeNow(1, text)
  }

  /** Text to standard error; a closed standard error swallows it, as stdio does. */
  complain(text: string): void {
    if (this.files.has(2)) this.writeNow(2, text)
  }

  #withSigpipe<T>(call: () => T): T {
    try {
      return call()
    } catch (error) {
      if (error instanceof KernelError && error.errno === 'EPIPE') {
        const action = this.signalActions.get('PIPE')
        if (action === undefined) throw new Terminated('PIPE')
        if (action === 'catch') this.pendingSignals.push('PIPE')
      }
      throw error
    }
  }

  stat(path: string): SimStat {
    return this.system.fs.stat(this, path)
  }

  lstat(path: string): SimStat {
    return this.system.fs.lstat(this, path)
  }

  /** Whether stat(2) succeeds. */
  exists(path: string): boolean {
    try {
      this.stat(path)
      return true
    } catch (error) {
      if (error instanceof KernelError) return false
      throw error
    }
  }

  /** access(2) with the effective credentials. */
  canAccess(path: string, mask: AccessMask): boolean {
    return this.system.fs.canAccess(this, path, mask)
  }

  /** The names in a directory, sorted bytewise, without `.` and `..`. */
  readdir(path: string): readonly string[] {
    return this.system.fs.readdir(this, path)
  }

  readlink(path: string): string {
    return this.system.fs.readlink(this, path)
  }

  mkdir(path: string, mode = 0o777): void {
    this.system.fs.mkdir(this, path, mode)
  }

  rmdir(path: string): void {
    this.system.fs.rmdir(this, path)
  }

  unlink(path: string): void {
    this.system.fs.unlink(this, path)
  }

  rename(from: string, to: string): void {
    this.system.fs.rename(this, from, to)
  }

  link(existing: string, path: string): void {
    this.system.fs.link(this, existing, path)
  }

  symlink(target: string, path: string): void {
    this.system.fs.symlink(this, target, path)
  }

  chmod(path: string, mode: number): void {
    this.system.fs.chmod(this, path, mode)
  }

  /** chown(2), or lchown(2) with `isFollowing` false; -1 leaves an id as it is. */
  chown(path: string, uid: number, gid: number, isFollowing = true): void {
    this.system.fs.chown(this, path, { uid, gid, isFollowing })
  }

  /** utimensat(2): seconds since the epoch; `undefined` is now. */
  utimes(path: string, mtimeSeconds?: number): void {
    this.system.fs.utimes(this, path, mtimeSeconds, this.clock.realtimeSeconds)
  }

  /** The whole content; blocks never, so not for pipes. */
  readFile(path: string): Uint8Array {
    const file = this.system.fs.open(this, path, { read: true }, 0)
    file.hold()
    try {
      const parts: Uint8Array[] = []
      for (;;) {
        const bytes = file.read(1 << 20)
        if (bytes === undefined || bytes.length === 0) return concatBytes(parts)
        parts.push(bytes)
      }
    } finally {
      file.release()
    }
  }

  /** `readFile` as text. */
  readText(path: string): string {
    return decodeText(this.readFile(path))
  }

  /** open, write(2) once, close. Truncates unless `append`. */
  writeFile(
    path: string,
    bytes: Uint8Array | string,
    options: { append?: boolean; mode?: number } = {},
  ): void {
    const flags = { write: true, create: true, ...(options.append ? { append: true } : { truncate: true }) }
    const file = this.system.fs.open(this, path, flags, options.mode ?? 0o666)
    file.hold()
    try {
      const all = typeof bytes === 'string' ? encodeText(bytes) : bytes
      if (all.length > 0) file.write(all, { isUnbounded: true })
    } finally {
      file.release()
    }
  }

  /** The path that execvp(3) would take for a name, or undefined; a name with a slash is itself. */
  which(
    name: string,
    path = this.env.get('PATH') ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  ): string | undefined {
    if (name === '') return undefined
    if (name.includes('/')) return name
    for (const directory of path.split(':')) {
      const candidate = `${directory === '' ? '.' : directory}/${name}`
      if (this.canAccess(candidate, 'execute') && this.stat(candidate).type === 'file') return candidate
    }
    return undefined
  }

  /**
   * fork(2) and execve(2) of `path` (already looked up). Throws what execve refuses. The child runs when the
   * scheduler gets to it; `yield* child.wait()` waits for its end.
   */
  spawn(path: string, argv: readonly string[], options: SpawnOptions = {}): Child {
    const loaded = this.system.load(this, path)
    const all = loaded.argv.length > 0 ? [...loaded.argv, ...argv.slice(1)] : argv
    checkArgumentSize(all, options.env ?? this.env)
    return this.start(loaded.program, all, { ...options, exe: loaded.exe })
  }

  /**
   * execve(2) of `path` in this process: what it is from now on; the caller runs the program and returns what it
   * returns. Throws what execve refuses.
   */
  execve(path: string, argv: readonly string[], env: ReadonlyMap<string, string>): Program {
    const loaded = this.system.load(this, path)
    const all = loaded.argv.length > 0 ? [...loaded.argv, ...argv.slice(1)] : argv
    checkArgumentSize(all, env)
    this.argv = all
    const own = new Map(env)
    this.env.clear()
    for (const [name, value] of own) this.env.set(name, value)
    for (const [signal, action] of this.signalActions)
      if (action === 'catch') this.signalActions.delete(signal)
    const comm = path.slice(path.lastIndexOf('/') + 1, path.lastIndexOf('/') + 1 + COMM_LENGTH)
    this.kernel.processes.change(this.pid, { comm, argv: this.argv, exe: loaded.exe })
    return loaded.program
  }

  /** fork(2) alone: a child that runs a program of the caller's (a subshell). */
  start(program: Program, argv: readonly string[], options: SpawnOptions = {}): Child {
    const child = new Process(this.system, {
      argv,
      env: options.env ?? this.env,
      cwd: options.cwd ?? this.cwd,
      umask: this.umask,
      credentials: options.credentials ?? this.credentials,
      files: options.files ?? this.files,
      parent: this,
      ...(options.cgroup === undefined ? {} : { cgroup: options.cgroup }),
      ...(options.exe === undefined ? {} : { exe: options.exe }),
    })
    for (const [signal, action] of this.signalActions)
      if (action === 'ignore') child.signalActions.set(signal, action)
    const handle = new Child(child)
    this.children.set(child.pid, handle)
    handle.begin(program)
    return handle
  }

  /** Delivers a signal to this process: what kill(2) does. */
  signal(signal: SignalName): void {
    const action = signal === 'KILL' ? undefined : this.signalActions.get(signal)
    if (action === 'ignore' || (action === undefined && IGNORED_BY_DEFAULT.includes(signal))) return
    if (action === 'catch') {
      this.pendingSignals.push(signal)
      return
    }
    this.terminatedBy = signal
    this.system.scheduler.kill(this.pid, 128 + SIGNAL_NUMBER[signal])
  }

  /** kill(2); ESRCH. */
  kill(pid: number, signal: SignalName): void {
    const isOwnEnd =
      pid === this.pid && !this.signalActions.has(signal) && !IGNORED_BY_DEFAULT.includes(signal)
    if (isOwnEnd) throw new Terminated(signal)
    this.system.kill(pid, signal)
  }

  /** sd_notify(3), where PID 1 asked for it (`NOTIFY_SOCKET`); otherwise nothing happens. */
  notify(message: string): void {
    if (this.env.has('NOTIFY_SOCKET')) this.system.notified(this.pid, message)
  }

  /**
   * What a daemon does when all its state is in a `Cell`: it waits for signals for ever. The generator may be dropped
   * from then on (a fork, a saved machine): the process lives on in the process table. SIGTERM ends it with
   * `exitCodeOnTerm`.
   */
  *park(options: { exitCodeOnTerm: number }): Blocking<number> {
    this.kernel.processes.change(this.pid, { exitCodeOnTerm: options.exitCodeOnTerm })
    for (;;) yield { isReady: () => false, isParked: true }
  }

  /** nanosleep(2) on the virtual clock. A caught signal ends it early. */
  *sleep(durationNs: number): Blocking<void> {
    const wakeAtNs = this.clock.monotonicNs + durationNs
    yield { isReady: () => this.pendingSignals.length > 0, wakeAtNs }
  }

  /** Waits for a library's promise. */
  settle<T>(promise: Promise<T>): Blocking<T> {
    return settle(promise)
  }
}

export interface SpawnOptions {
  readonly env?: ReadonlyMap<string, string>
  readonly cwd?: string
  readonly credentials?: Credentials
  readonly files?: ReadonlyMap<number, OpenFile>
  readonly cgroup?: string
  readonly exe?: string
}

/** Thrown through a program that a signal's default action ends. */
export class Terminated extends Error {
  override readonly name = 'Terminated'
  readonly signal: SignalName
  readonly exitCode: number

  constructor(signal: SignalName) {
    super(signal)
    this.signal = signal
    this.exitCode = 128 + SIGNAL_NUMBER[signal]
  }
}

/** A started process, as its parent holds it. */
export class Child {
  readonly process: Process
  exitCode: number | undefined
  /** What only a bug or an `Unsimulated` throws: it ends the run, whoever waits or does not wait. */
  thrown: unknown

  constructor(process: Process) {
    this.process = process
  }

  get pid(): number {
    return this.process.pid
  }

  /** Starts the body; a program that cannot block runs to its end here and now. */
  begin(program: Program): void {
    this.process.system.scheduler.add({
      pid: this.pid,
      body: run(program, this.process),
      waitsFor: undefined,
      onEnd: outcome => this.#end(outcome),
    })
  }

  /** waitpid(2): the exit status. */
  *wait(): Blocking<number> {
    const ready: Wait = { isReady: () => this.exitCode !== undefined || this.thrown !== undefined }
    while (!ready.isReady()) yield ready
    this.process.parent?.children.delete(this.pid)
    if (this.thrown !== undefined) throw this.thrown
    return this.exitCode ?? 0
  }

  #end(outcome: { exitCode: number } | { thrown: unknown }): void {
    const { process } = this
    process.closeAll()
    process.kernel.processes.remove(process.pid)
    if ('exitCode' in outcome) this.exitCode = outcome.exitCode
    else if (outcome.thrown instanceof Terminated) {
      this.exitCode = outcome.thrown.exitCode
      process.terminatedBy = outcome.thrown.signal
    } else {
      const { thrown } = outcome
      this.thrown = thrown instanceof Unsimulated ? thrown.during(process.lineOfScript) : thrown
      process.system.thrown(this.thrown)
    }
    if (this.exitCode !== undefined) process.system.exited(process.pid, this.exitCode)
    process.parent?.signal('CHLD')
  }
}

function* run(program: Program, process: Process): Blocking<number> {
  const result = program(process)
  return typeof result === 'number' ? result : yield* result
}
