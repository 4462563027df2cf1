import { spawn } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AgentLost, AgentRefusal, GuestAgent } from '../../src/host/guest-agent.ts'
import {
  consoleEnd,
  panicIn,
  processStartTime,
  vmDirectory,
  vmProcess,
  vmStateDirectory,
} from '../../src/host/vm-directory.ts'
import { type Finished, mustRun } from '../command.ts'
import { EnvironmentMissing } from '../environment-missing.ts'
import type { VmDisk } from './disk.ts'
import { QEMU, qemuArguments } from './qemu.ts'
import { monitor, qmp } from './qmp.ts'
import { createVmDirectory, readVmRecord, type VmRecord, writeVmRecord } from './state.ts'

/** What a start may change. */
export interface BootOptions {
  /** Words added to the kernel's command line, in place of those it was last started with. */
  readonly cmdline?: readonly string[]
}

/** A boot under TCG takes 12 to 40 s, and a shutdown may wait 90 s for a unit (DefaultTimeoutStopSec). */
const SETTLE_LIMIT_MS = 240_000
const BOOT_ID = '/proc/sys/kernel/random/boot_id'

/**
 * A virtual machine: its disk, and the QEMU that runs it or does not. Where it fails, the error says how with the end of its
 * console, and where the whole console is kept.
 */
export class VirtualMachine {
  /** `debian-12`: what follows `vm:`. */
  readonly id: string
  readonly #directory: string
  readonly #agent: GuestAgent

  /** The machine of this name that was made before. */
  constructor(id: string) {
    this.id = id
    this.#directory = vmDirectory(id)
    this.#agent = new GuestAgent(this.#directory)
  }

  /** Makes one with a disk of its own over the release's; it does not run yet. */
  static async create(id: string, disk: VmDisk, record: VmRecord): Promise<VirtualMachine> {
    const directory = createVmDirectory(id, record)
    const overlay = join(directory, 'disk.qcow2')
    await mustRun(['qemu-img', 'create', '-q', '-f', 'qcow2', '-b', disk.disk, '-F', 'qcow2', overlay])
    return new VirtualMachine(id)
  }

  get isRunning(): boolean {
    return vmProcess(this.#directory) !== undefined
  }

  /** Starts QEMU: until this process ends (`bound`), or until it is stopped. */
  async start(options: BootOptions = {}): Promise<void> {
    const record = this.#record()
    const { cmdline = record.cmdline } = options
    writeVmRecord(this.#directory, { ...record, cmdline })
    const argv = qemuArguments({ ...record, name: this.id, cmdline })
    const bound = record.owner === undefined ? [] : ['--pdeathsig', 'KILL']
    this.#beginConsole()
    const log = openSync(join(this.#directory, 'qemu.log'), 'w', 0o600)
    const qemu = spawn('setpriv', [...bound, QEMU, ...argv], {
      cwd: this.#directory,
      detached: record.owner === undefined,
      stdio: ['ignore', log, log],
    })
    await new Promise((resolve, reject) => qemu.once('spawn', resolve).once('error', reject))
    qemu.unref()
    writeFileSync(join(this.#directory, 'pid'), `${qemu.pid} ${processStartTime(qemu.pid ?? 0)}\n`)
  }

  /** Waits until systemd has settled, and all its units are well. From then on the guest may reboot. */
  settle(limitMs = SETTLE_LIMIT_MS): Promise<void> {
    return this.#explained(async () => {
      const deadline = performance.now() + limitMs
      await this.#agent.ready(limitMs)
      await qmp(this.#directory, 'set-action', { reboot: 'reset' })
      const waiting = this.exec(['systemctl', 'is-system-running', '--wait'])
      const { stdout, stderr } = await within(deadline, waiting, 'systemd did not settle')
      const state = stdout.toString().trim()
      if (state === 'running') return
      const failed = await this.exec(['systemctl', '--failed', '--plain', '--no-legend'])
      throw new Error(`systemd is ${state || stderr.toString().trim()}:\n${failed.stdout}`)
    })
  }

  /** Runs a program in it as root. */
  exec(argv: readonly string[], stdin?: Uint8Array): Promise<Finished> {
    return this.#explained(() => this.#agent.exec(argv, stdin))
  }

  /** Reads a regular file of it whole. */
  readFile(path: string): Promise<Buffer> {
    return this.#explained(() => this.#agent.readFile(path))
  }

  /** Keeps its whole state, memory and disk, under a name; one of that name from before is replaced. */
  snapshot(tag: string): Promise<void> {
    return this.#explained(async () => {
      await this.#agent.release()
      await monitor(this.#directory, `savevm ${tagged(tag)}`)
    })
  }

  /**
   * Goes back to a snapshot: memory, disk, and the guest's clock, which goes on from the moment of the snapshot. It is not set
   * right: each restored machine then lives through the same time, and no timer of systemd falls due by the jump.
   *
   * The agent's answer proves that the guest runs. One was seen that did not answer after it was loaded, and did when it
   * was loaded again.
   */
  restore(tag: string): Promise<void> {
    return this.#explained(async () => {
      for (const limitMs of [10_000, 30_000]) {
        await this.#agent.release()
        await monitor(this.#directory, `loadvm ${tagged(tag)}`)
        this.#beginConsole()
        if (await this.#answers(limitMs)) return
      }
      throw new Error(`it does not answer after the snapshot ${tag} was loaded, twice`)
    })
  }

  /** As `systemctl reboot`, and waits until it has settled again. Another command line of the kernel needs a power-off in between. */
  reboot(options: BootOptions = {}): Promise<void> {
    return this.#explained(async () => {
      if (options.cmdline !== undefined) {
        await this.powerOff()
        await this.start(options)
        return this.settle()
      }
      const before = (await this.#agent.readFile(BOOT_ID)).toString().trim()
      await this.#agent.start(['systemctl', 'reboot']).catch(silent)
      await this.#agent.release()
      const deadline = performance.now() + SETTLE_LIMIT_MS
      for (let now: string | undefined = before; now === undefined || now === before; ) {
        if (performance.now() > deadline) throw new Error('it was told to reboot and has not')
        await delay(200)
        now = await this.#bootId()
      }
      await this.settle()
    })
  }

  /** Pulls the plug and starts it again from what is on its disk. What the guest had not written there is lost. */
  async powerCut(options: BootOptions = {}): Promise<void> {
    await this.pullPlug()
    await this.start(options)
    await this.settle()
  }

  /** Ends QEMU at once; the disk stays. */
  async pullPlug(): Promise<void> {
    const pid = vmProcess(this.#directory)
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
    while (this.isRunning) await delay(10)
    await this.#agent.release()
  }

  /** Shuts it down as its operator would. */
  powerOff(limitMs = SETTLE_LIMIT_MS): Promise<void> {
    return this.#explained(async () => {
      await this.#agent.shutDown()
      const deadline = performance.now() + limitMs
      while (this.isRunning) {
        if (performance.now() > deadline) throw new Error('it was told to power off and has not')
        this.#assertNoPanic()
        await delay(50)
      }
      await this.#agent.release()
    })
  }

  /** Ends it at once, and removes it with its disk. */
  async remove(): Promise<void> {
    await this.pullPlug()
    rmSync(this.#directory, { recursive: true, force: true })
  }

  /** All that it wrote on its serial console, in all its boots. */
  console(): string {
    const path = join(this.#directory, 'console')
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  }

  /** Copies the console to where it outlives the machine, and says where that is. */
  keepConsole(): string {
    const directory = join(vmStateDirectory(), '..', 'console')
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const path = join(directory, `${this.id}.log`)
    const console = join(this.#directory, 'console')
    if (existsSync(console)) copyFileSync(console, path)
    return path
  }

  #record(): VmRecord {
    const record = readVmRecord(this.#directory)
    if (record === undefined) throw new EnvironmentMissing(`there is no virtual machine vm:${this.id}`)
    return record
  }

  /** What the console had before is no longer a reason to think that the guest panicked. */
  #beginConsole(): void {
    const path = join(this.#directory, 'console')
    const size = existsSync(path) ? statSync(path).size : 0
    writeFileSync(join(this.#directory, 'console.since'), `${size}\n`)
  }

  /**
   * The identity of the boot; undefined where nobody tells it in this moment: a guest that resets answers no more, and an
   * agent that came up between the opening of the file and its closing refuses a handle that it never gave.
   */
  async #bootId(): Promise<string | undefined> {
    const agent = new GuestAgent(this.#directory, 5000)
    const id = await agent.readFile(BOOT_ID).catch(error => {
      if (!(error instanceof AgentRefusal)) silent(error)
    })
    await agent.release()
    return id?.toString().trim()
  }

  /** Whether the agent answers within the limit; rejects where the machine ended or panicked. */
  async #answers(limitMs: number): Promise<boolean> {
    try {
      await this.#agent.ready(limitMs)
      return true
    } catch (error) {
      silent(error)
      return false
    }
  }

  #assertNoPanic(): void {
    const panic = panicIn(this.#directory)
    if (panic !== undefined) throw new AgentLost('ended', panic)
  }

  async #explained<T>(body: () => Promise<T>): Promise<T> {
    try {
      return await body()
    } catch (error) {
      if (error instanceof VmFailure) throw error
      const why = error instanceof Error ? error.message : String(error)
      throw new VmFailure(`vm:${this.id}: ${why}`, this.#consoleNote(), error)
    }
  }

  #consoleNote(): string {
    const log = join(this.#directory, 'qemu.log')
    const said = existsSync(log) ? readFileSync(log, 'utf8').trim() : ''
    const qemu = said === '' ? '' : `QEMU said:\n${said}\n`
    return `${qemu}the end of its console (all of it: ${this.keepConsole()}):\n${consoleEnd(this.#directory)}`
  }
}

/** A virtual machine that failed: what happened, and its console. */
export class VmFailure extends Error {
  override readonly name = 'VmFailure'

  constructor(message: string, consoleNote: string, cause: unknown) {
    super(`${message}\n${consoleNote}`, { cause })
  }
}

/** Lets pass that nobody answered, as long as the machine itself runs. */
function silent(error: unknown): undefined {
  if (!(error instanceof AgentLost) || error.reason === 'ended') throw error
}

/** A word that the monitor takes for a name and for nothing else. */
function tagged(tag: string): string {
  if (!/^[a-z][a-z0-9-]*$/.test(tag)) throw new RangeError(`not a name of a snapshot: ${JSON.stringify(tag)}`)
  return tag
}

async function within<T>(deadline: number, work: Promise<T>, complaint: string): Promise<T> {
  const stop = new AbortController()
  const limitMs = Math.max(0, deadline - performance.now())
  const late = delay(limitMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`${complaint} in time`)
  })
  late.catch(() => undefined)
  work.catch(() => undefined)
  return Promise.race([work, late]).finally(() => stop.abort())
}
