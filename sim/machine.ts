import { Map as PersistentMap } from 'immutable'
import type { Image } from '../src/format/image.ts'
import { KernelError } from '../src/host/errno.ts'
import { Unsimulated } from '../src/host/host.ts'
import { decodeText, encodeText } from '../src/host/surrogate-escape.ts'
import { programs } from './bin/index.ts'
import { startDaemons } from './boot.ts'
import type { Bus } from './bus.ts'
import { type Cell, Clock, type ClockState } from './clock.ts'
import { diffStates, type MachineDiff } from './diff.ts'
import { loadExecutable } from './execve.ts'
import { cgroupRoot, cgroupV1Root } from './fs/cgroupfs.ts'
import type { Driver } from './fs/driver.ts'
import { FileLocks } from './fs/flock.ts'
import { KernFs, unmodelledRoot } from './fs/kernfs.ts'
import { Mounting } from './fs/mounting.ts'
import type { OpenFile } from './fs/open-file.ts'
import { OverlayFs } from './fs/overlayfs.ts'
import { InputStream, OutputStream } from './fs/pipe.ts'
import { type ProcSource, procRoot } from './fs/procfs.ts'
import { sysRoot } from './fs/sysfs.ts'
import { Tree, type TreeState } from './fs/tree.ts'
import { type Caller, FileSystem } from './fs/vfs.ts'
import { bootState, isTree, linksOf, mountsAtBoot } from './image.ts'
import { type BootWords, kernelAtBoot } from './kernel/command-line.ts'
import { type Credentials, userCredentials } from './kernel/credentials.ts'
import type { Kernel, UtsState } from './kernel/kernel.ts'
import { KernelLog, type LogMessage } from './kernel/log.ts'
import { type ModulesState, ModuleTable } from './kernel/modules.ts'
import { type MountsState, MountTable } from './kernel/mounts.ts'
import { type ProcessesState, ProcessTable } from './kernel/processes.ts'
import { type SwapsState, SwapTable } from './kernel/swaps.ts'
import { type SysctlState, SysctlTable } from './kernel/sysctl.ts'
import { type Child, Process, SIGNAL_NUMBER, type SignalName, type System } from './process.ts'
import { Scheduler } from './scheduler.ts'

/** All of a machine: one immutable value. Two machines with equal states cannot be told apart. */
export interface MachineState {
  readonly clock: ClockState
  /** File systems that store, by superblock id. */
  readonly trees: PersistentMap<string, TreeState>
  readonly mounts: MountsState
  readonly modules: ModulesState
  readonly sysctl: SysctlState
  readonly processes: ProcessesState
  readonly uts: UtsState
  readonly swaps: SwapsState
  readonly log: readonly LogMessage[]
  /** What stays at a reboot: the boot loader's entry. */
  readonly boot: BootWords
  /** Where the stream of random numbers is. */
  readonly random: number
  /** What each daemon keeps, by its name; PID 1 is one of them. */
  readonly daemons: PersistentMap<string, unknown>
}

export interface RunOptions {
  readonly stdin?: Uint8Array
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Default: root with the capabilities that the image's PID 1 has. */
  readonly credentials?: Credentials
  /** On the virtual clock; then the process and its descendants are killed. */
  readonly timeoutMs?: number
  /** Kills them at once. */
  readonly signal?: AbortSignal
}

export interface RunResult {
  readonly exitCode: number
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  readonly isTimedOut: boolean
}

/** What a script said, as text. */
export interface ScriptResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface BootOptions {
  /** Of the random numbers; default 1. */
  readonly seed?: number
  /**
   * Words behind the image's own on the kernel's command line: `systemd.unified_cgroup_hierarchy=0`, `cgroup_disable=memory`,
   * `lockdown=integrity`, `module.sig_enforce=1`. They stay at a reboot. What does not change anything that is modelled
   * only shows in /proc/cmdline.
   */
  readonly cmdline?: readonly string[]
  /** Modules whose file has lost its signature. */
  readonly unsignedModules?: readonly string[]
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const ROOT_ENVIRONMENT: ReadonlyMap<string, string> = new Map([
  ['PATH', DEFAULT_PATH],
  ['LC_ALL', 'C'],
  ['HOME', '/root'],
  ['USER', 'root'],
  ['LOGNAME', 'root'],
])

/** Of file systems and directories in them, whether all below is as the image has it: PID 1 asks at every turn. */
const untouched = new WeakMap<TreeState['inodes'], Map<unknown, boolean>>()

const roots = new WeakMap<Image, Credentials>()

/** Root with the capabilities that an image's PID 1 has. */
function rootOf(image: Image): Credentials {
  const known = roots.get(image)
  if (known !== undefined) return known
  const root = { ...userCredentials(0), capabilities: new Set(image.kernel.capabilities) }
  roots.set(image, root)
  return root
}

/** A machine that ends within this time is on its way down already. */
const SHUTDOWN_NS = 1e9

/** What an exec costs on the virtual clock, so that no two things happen at the same time. */
const EXEC_NS = 1_000_000

/** What a machine has besides its state from the first question on; nothing of it is lost with it. */
interface Live {
  readonly clock: Clock
  readonly scheduler: Scheduler
  readonly kernel: Kernel
  readonly fs: FileSystem
  readonly mounting: Mounting
  /** Gone with its holder, so no part of the state. */
  readonly locks: FileLocks
  readonly drivers: Map<string, Driver>
  /** Processes that have a running program; daemons of a forked machine have none. */
  readonly processes: Map<number, Process>
  bus: Bus | undefined
}

/** A virtual Linux host: one reference to an immutable state, and the kernel that changes it. */
export class Machine implements System {
  readonly image: Image
  #state: MachineState
  #live: Live | undefined
  /** What drives the machine may set this on the scheduler; forks take it over. */
  readonly #pause: Scheduler['pause'] | undefined
  /** What ends the run that is under way. */
  #thrown: unknown

  private constructor(image: Image, state: MachineState, pause?: Scheduler['pause']) {
    this.image = image
    this.#state = state
    this.#pause = pause
  }

  get clock(): Clock {
    return this.#running.clock
  }

  get scheduler(): Scheduler {
    return this.#running.scheduler
  }

  get kernel(): Kernel {
    return this.#running.kernel
  }

  get fs(): FileSystem {
    return this.#running.fs
  }

  get mounting(): Mounting {
    return this.#running.mounting
  }

  get locks(): FileLocks {
    return this.#running.locks
  }

  get bus(): Bus {
    const { bus } = this.#running
    if (bus === undefined) throw new Error('a daemon was asked for before there were any')
    return bus
  }

  /** A machine of which nobody has asked anything yet is its state alone: there may be very many forks. */
  get #running(): Live {
    if (this.#live !== undefined) return this.#live
    const clock = new Clock(this.#cell('clock'))
    const scheduler = new Scheduler(clock)
    if (this.#pause !== undefined) scheduler.pause = this.#pause
    const kernel = this.#newKernel(clock)
    const fs = new FileSystem(
      kernel.mounts,
      superblock => this.#driver(superblock),
      () => this.#state.trees,
    )
    fs.isHeld = (superblock, node) => kernel.swaps.find(superblock, node) !== undefined
    const locks = new FileLocks()
    const live: Live = {
      clock,
      scheduler,
      kernel,
      fs,
      locks,
      mounting: this.#newMounting(fs, kernel),
      drivers: new Map(),
      processes: new Map(),
      bus: undefined,
    }
    this.#live = live
    live.bus = startDaemons({
      system: this,
      image: this.image,
      daemonCell: (name, initial) => this.#daemonCell(name, initial),
      isOfImage: path => this.#isOfImage(path),
      isTreeOfImage: path => this.#isTreeOfImage(path),
    })
    return live
  }

  #newKernel(clock: Clock): Kernel {
    const sysctl = new SysctlTable(this.#cell('sysctl'))
    const { boot } = this.#state
    const catalog = kernelAtBoot(this.image.kernel, boot)
    const log = new KernelLog(this.#cell('log'), clock)
    return {
      record: catalog,
      uts: this.#cell('uts'),
      sysctl,
      modules: new ModuleTable(this.#cell('modules'), {
        catalog,
        sysctl,
        log,
        unsigned: boot.unsignedModules,
      }),
      swaps: new SwapTable(this.#cell('swaps')),
      log,
      links: linksOf(this.image),
      moduleIndex: bootState(this.image).moduleIndex,
      mounts: new MountTable(this.#cell('mounts')),
      processes: new ProcessTable(this.#cell('processes')),
    }
  }

  #newMounting(fs: FileSystem, kernel: Kernel): Mounting {
    return new Mounting({
      fs,
      kernel,
      seconds: () => this.clock.realtimeSeconds,
      driver: superblock => this.#driver(superblock),
      keep: (superblock, tree) => this.#keepTree(superblock, tree),
      drop: superblock => this.#dropTree(superblock),
      processes: () =>
        [...this.#running.processes.values()].filter(({ pid }) => kernel.processes.get(pid) !== undefined),
    })
  }

  /** Powers on: the kernel as the image has it, its mounts, then PID 1 and what is enabled. */
  static async boot(image: Image, options: BootOptions = {}): Promise<Machine> {
    const { trees, recordedSeconds } = bootState(image)
    const { seed: random = 1, cmdline = [], unsignedModules = [] } = options
    const boot = { cmdline, unsignedModules }
    return Machine.#bootFrom(image, { trees, seconds: recordedSeconds, random, boot })
  }

  static async #bootFrom(
    image: Image,
    options: Pick<MachineState, 'trees' | 'random' | 'boot'> & { seconds: number },
  ): Promise<Machine> {
    const initial = bootState(image)
    const { mounts, trees } = mountsAtBoot(image, options.boot)
    const machine = new Machine(image, {
      clock: { bootSeconds: options.seconds, monotonicNs: 0 },
      trees: options.trees.merge(trees),
      mounts,
      modules: initial.modules,
      sysctl: initial.sysctl,
      processes: { nextPid: 1, records: PersistentMap() },
      uts: { nodename: image.kernel.nodename, domainname: '(none)' },
      swaps: [],
      log: [],
      boot: options.boot,
      random: options.random,
      daemons: PersistentMap(),
    })
    await machine.#init()
    return machine
  }

  /** A machine that goes on from a state, as `fork` does and as a saved one. */
  static resume(image: Image, state: MachineState): Machine {
    return new Machine(image, state)
  }

  /** The machine as a value. `Unsimulated` while a program is in the middle of something. */
  get state(): MachineState {
    if (this.#live?.scheduler.isQuiescent === false)
      throw new Unsimulated('fork', 'a machine on which programs are running')
    return this.#state
  }

  /** Another machine with the same state; what happens to one does not show in the other. */
  fork(): Machine {
    return new Machine(this.image, this.state, this.#live?.scheduler.pause ?? this.#pause)
  }

  /** What this machine has otherwise than another one of its image had. */
  diff(before: Machine): MachineDiff {
    return diffStates(before.state, this.state)
  }

  /** A clean reboot: everything is written to disk, and what is not on a disk is gone. */
  async reboot(): Promise<Machine> {
    for (const superblock of this.#state.trees.keys()) {
      const driver = this.#driver(superblock)
      if (driver instanceof Tree) driver.syncAll()
    }
    return this.powerCut()
  }

  /** The power goes and comes back: what was not durable is gone. */
  async powerCut(): Promise<Machine> {
    const initial = bootState(this.image).trees
    const trees = this.#state.trees.map((tree, id) => {
      if (tree.durable !== undefined) return { ...tree, inodes: tree.durable }
      return initial.get(id) ?? tree
    })
    const onDisk = trees.filter((_, id) => initial.has(id))
    const seconds = this.clock.realtimeSeconds + 1
    const { random, boot } = this.#state
    const booted = await Machine.#bootFrom(this.image, { trees: onDisk, seconds, random, boot })
    booted.scheduler.pause = this.scheduler.pause
    return booted
  }

  /**
   * Runs a bash script, as root and in virtual time, and what it left in the background as far as time went on. Throws
   * `Unsimulated` when it comes to something that is not modelled.
   */
  run(script: string, options?: Omit<RunOptions, 'stdin'>): Promise<ScriptResult>
  /** The same for one program, without a shell. */
  run(argv: readonly [string, ...string[]], options?: RunOptions): Promise<RunResult>
  async run(
    what: string | readonly [string, ...string[]],
    options: RunOptions = {},
  ): Promise<ScriptResult | RunResult> {
    if (typeof what !== 'string') return this.#run(what, options)
    const { exitCode, stdout, stderr } = await this.#run(['bash', '-s'], {
      ...options,
      stdin: encodeText(what),
    })
    return { exitCode, stdout: decodeText(stdout), stderr: decodeText(stderr) }
  }

  async #run(argv: readonly [string, ...string[]], options: RunOptions): Promise<RunResult> {
    const stdout = new OutputStream()
    const stderr = new OutputStream()
    const started = this.#start(argv, options, [
      new InputStream(options.stdin ?? new Uint8Array()),
      stdout,
      stderr,
    ])
    if (typeof started === 'number')
      return { exitCode: started, stdout: stdout.bytes, stderr: stderr.bytes, isTimedOut: false }
    const isAborted = (): boolean => options.signal?.aborted === true
    const isDone = (): boolean =>
      started.exitCode !== undefined || this.#thrown !== undefined || isAborted() || this.#hasShutDown
    const limitNs =
      options.timeoutMs === undefined ? undefined : this.clock.monotonicNs + options.timeoutMs * 1e6
    const outcome = await this.scheduler.runAsync(isDone, limitNs)
    this.#rethrow({ stdout: stdout.bytes, stderr: stderr.bytes })
    if (outcome === 'deadlock') throw new Unsimulated(argv[0], 'waiting for something that never comes')
    if (outcome === 'limit' || isAborted() || (started.exitCode === undefined && this.#hasShutDown))
      this.#killFamily(started.process)
    const exitCode = started.exitCode ?? 128 + SIGNAL_NUMBER.TERM
    return { exitCode, stdout: stdout.bytes, stderr: stderr.bytes, isTimedOut: outcome === 'limit' }
  }

  /**
   * Lets things happen until `isDone`; `deadlock` when nothing can happen any more. Throws what a program, whosever it
   * is, came to that is no exit status.
   */
  async goOn(isDone: () => boolean): Promise<'done' | 'deadlock'> {
    const outcome = await this.scheduler.runAsync(() => this.#thrown !== undefined || isDone())
    this.#rethrow()
    return outcome === 'deadlock' ? outcome : 'done'
  }

  /** Takes up a process that is in the table already and that nobody runs. */
  adopt(process: Process): void {
    this.#running.processes.set(process.pid, process)
  }

  /**
   * What becomes of the machine when a program has told it to end: the one that booted again, or `off`, as for a container,
   * which is over with its PID 1. Undefined when nothing of the kind is due.
   */
  async followPower(): Promise<Machine | 'off' | undefined> {
    const { shutdown } = this.bus.systemd
    if (shutdown === undefined) return undefined
    const inNs = shutdown.atNs - this.clock.monotonicNs
    if (!shutdown.isReached && inNs > SHUTDOWN_NS) return undefined
    if (!shutdown.isReached) await this.sleep(inNs)
    const isBootingAgain = shutdown.kind === 'reboot' && this.image.provenance.kind === 'vm'
    return isBootingAgain ? await this.reboot() : 'off'
  }

  get #hasShutDown(): boolean {
    return this.bus.systemd.shutdown?.isReached === true
  }

  /** Lets virtual time pass, and whatever happens in it. */
  async sleep(durationNs: number): Promise<void> {
    await this.scheduler.runAsync(() => this.#thrown !== undefined, this.clock.monotonicNs + durationNs)
    this.#rethrow()
  }

  thrown(error: unknown): void {
    this.#thrown ??= error
  }

  #rethrow(output?: Unsimulated['output']): void {
    const thrown = this.#thrown
    this.#thrown = undefined
    if (thrown instanceof Unsimulated) throw thrown.during(undefined, output)
    if (thrown !== undefined) throw thrown
  }

  /** Root outside every process: how file operations of a request enter the kernel. */
  get rootCaller(): Caller {
    return { pid: 1, cwd: '/', umask: 0o022, credentials: this.rootCredentials }
  }

  /** What a request's program is a child of; it is gone when the program runs. */
  #entry(env: Readonly<Record<string, string>> = {}, files: readonly OpenFile[] = []): Process {
    return new Process(this, {
      argv: ['sh'],
      env: new Map([...this.rootEnvironment, ...Object.entries(env)]),
      cwd: '/',
      credentials: this.rootCredentials,
      files: new Map(files.entries()),
    })
  }

  /** What the programs that root starts from outside find in their environment. */
  get rootEnvironment(): ReadonlyMap<string, string> {
    return ROOT_ENVIRONMENT
  }

  get rootCredentials(): Credentials {
    return rootOf(this.image)
  }

  // What programs ask of the system.

  packageVersion(name: string): string | undefined {
    return this.image.packages.find(known => known.name === name)?.version
  }

  load(process: Process, path: string): ReturnType<System['load']> {
    return loadExecutable(process, path, programs)
  }

  /** mulberry32: a small generator whose whole state is one number. */
  random(): number {
    const seed = (this.#state.random + 0x6d2b79f5) | 0
    this.#state = { ...this.#state, random: seed }
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  started(process: Process): void {
    this.clock.advance(EXEC_NS)
    this.#running.processes.set(process.pid, process)
  }

  kill(pid: number, signal: SignalName): void {
    const record = this.kernel.processes.get(pid)
    if (record === undefined) throw new KernelError('ESRCH')
    const process = this.#running.processes.get(pid)
    if (record.exitCodeOnTerm !== undefined)
      this.#endDaemon(pid, signal === 'TERM' ? record.exitCodeOnTerm : 128 + SIGNAL_NUMBER[signal])
    else process?.signal(signal)
  }

  exited(pid: number, exitCode: number): void {
    this.#running.processes.delete(pid)
    this.bus.containerd.processExited(pid, exitCode)
    this.bus.systemd.processExited(pid, exitCode)
  }

  notified(pid: number, message: string): void {
    this.bus.systemd.processNotified(pid, message)
  }

  #endDaemon(pid: number, exitCode: number): void {
    if (this.scheduler.tasks.has(pid)) {
      this.scheduler.kill(pid, exitCode)
      return
    }
    this.kernel.processes.remove(pid)
    this.exited(pid, exitCode)
  }

  /** PID 1, and everything that it starts. */
  async #init(): Promise<void> {
    const init = new Process(this, {
      argv: ['/sbin/init'],
      env: new Map([['PATH', DEFAULT_PATH]]),
      cwd: '/',
      credentials: this.rootCredentials,
      files: new Map(),
      exe: '/usr/lib/systemd/systemd',
    })
    this.kernel.processes.change(init.pid, { comm: 'systemd', cgroup: '/init.scope' })
    await this.bus.systemd.boot(init)
  }

  #start(
    argv: readonly [string, ...string[]],
    options: RunOptions,
    files: readonly OpenFile[],
  ): Child | number {
    const parent = this.#entry(options.env, files)
    parent.cwd = options.cwd ?? '/'
    if (options.credentials !== undefined) parent.credentials = options.credentials
    const path = parent.which(argv[0])
    try {
      if (path === undefined) return 127
      return parent.spawn(path, argv)
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      return error.errno === 'ENOENT' ? 127 : 126
    } finally {
      parent.closeAll()
      this.kernel.processes.remove(parent.pid)
    }
  }

  #killFamily(process: Process): void {
    for (const child of process.children.values()) this.#killFamily(child.process)
    this.scheduler.kill(process.pid, 128 + SIGNAL_NUMBER.TERM)
  }

  /** Whether what is at a path is the very file that the image has there. */
  #isOfImage(path: string): boolean {
    const { driver, mount, path: real } = this.fs.mountOf(this.rootCaller, path)
    const node = this.fs.stat(this.rootCaller, real).ino
    if (!(driver instanceof Tree) || typeof node !== 'number') return false
    return bootState(this.image).trees.get(mount.superblock)?.inodes.get(node) === driver.inode(node)
  }

  /** The same for all that lies below it on the same file system; a path that never was is as it was. */
  #isTreeOfImage(path: string): boolean {
    if (!this.fs.canAccess(this.rootCaller, path, 'exists')) return !bootState(this.image).paths.has(path)
    const { driver, mount, node } = this.fs.mountOf(this.rootCaller, path)
    const before = bootState(this.image).trees.get(mount.superblock)?.inodes
    if (!(driver instanceof Tree) || before === undefined) return false
    if (this.#state.trees.get(mount.superblock)?.inodes === before) return true
    const { inodes } = this.#state.trees.get(mount.superblock) ?? { inodes: before }
    const known = untouched.get(inodes) ?? new Map<unknown, boolean>()
    untouched.set(inodes, known)
    const isSame = (ino: number): boolean => {
      const inode = driver.inode(ino)
      if (before.get(ino) !== inode) return false
      return inode.type !== 'directory' || [...inode.entries.values()].every(isSame)
    }
    const isUntouched = known.get(node) ?? (typeof node === 'number' && isSame(node))
    known.set(node, isUntouched)
    return isUntouched
  }

  #cell<K extends keyof MachineState>(key: K): Cell<MachineState[K]> {
    const read = (): MachineState[K] => this.#state[key]
    const write = (value: MachineState[K]): void => {
      this.#state = { ...this.#state, [key]: value }
    }
    return {
      get value() {
        return read()
      },
      set value(value) {
        write(value)
      },
    }
  }

  #daemonCell<T>(name: string, initial: T): Cell<T> {
    const daemons = this.#cell('daemons')
    return {
      get value() {
        // The only writer of this name is the setter below.
        return daemons.value.has(name) ? (daemons.value.get(name) as T) : initial
      },
      set value(value) {
        daemons.value = daemons.value.set(name, value)
      },
    }
  }

  #treeCell(superblock: string): Cell<TreeState> {
    const trees = this.#cell('trees')
    return {
      get value() {
        const tree = trees.value.get(superblock)
        if (tree === undefined) throw new Error(`no such file system: ${superblock}`)
        return tree
      },
      set value(tree) {
        trees.value = trees.value.set(superblock, tree)
      },
    }
  }

  #keepTree(superblock: string, tree: TreeState): void {
    this.#state = { ...this.#state, trees: this.#state.trees.set(superblock, tree) }
  }

  #dropTree(superblock: string): void {
    this.#running.drivers.delete(superblock)
    this.#state = { ...this.#state, trees: this.#state.trees.delete(superblock) }
  }

  #driver(superblock: string): Driver {
    const known = this.#running.drivers.get(superblock)
    if (known !== undefined) return known
    const mount = this.kernel.mounts.all.find(other => other.superblock === superblock)
    // An overlay's layer may lie on what is mounted nowhere any more: its id starts with its type.
    const fstype = mount?.fstype ?? superblock.split('@')[0] ?? superblock
    const driver =
      mount?.overlay !== undefined
        ? new OverlayFs(mount.overlay, layer => this.#driver(layer))
        : isTree(fstype)
          ? new Tree(fstype, this.#treeCell(superblock), this.clock)
          : this.#generated(fstype, superblock)
    this.#running.drivers.set(superblock, driver)
    return driver
  }

  /** What procfs tells beside the kernel's tables. */
  #procFacts(): Pick<ProcSource, 'memoryUsedBytes' | 'builtControllers'> {
    return {
      memoryUsedBytes: () =>
        this.#state.trees.reduce((sum, tree) => (tree.durable === undefined ? sum + tree.usedBytes : sum), 0),
      builtControllers: this.image.kernel.cgroup.controllers,
    }
  }

  #generated(fstype: string, superblock: string): Driver {
    const seen = { bootSeconds: () => this.#state.clock.bootSeconds, state: () => this.#state }
    if (fstype === 'proc')
      return new KernFs(
        fstype,
        procRoot({ kernel: this.kernel, clock: this.clock, ...this.#procFacts() }),
        seen,
      )
    if (fstype === 'sysfs') return new KernFs(fstype, sysRoot(this.kernel), seen)
    if (fstype === 'cgroup') {
      const hierarchy = superblock.slice('cgroup:'.length)
      return new KernFs(fstype, cgroupV1Root(this.kernel, hierarchy), seen)
    }
    if (fstype === 'cgroup2') return new KernFs(fstype, cgroupRoot(this.kernel), seen)
    return new KernFs(fstype, unmodelledRoot(fstype), seen)
  }
}
