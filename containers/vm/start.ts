import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isRunning } from '../cache.ts'
import { type Finished, mustRun } from '../command.ts'
import { EnvironmentMissing } from '../environment-missing.ts'
import { readRelease } from '../release.ts'
import { type VmDisk, vmDisk } from './disk.ts'
import { GuestAgent } from './guest-agent.ts'
import { missingForVm, QEMU, qemuArguments } from './qemu.ts'

/** A virtual machine whose systemd has settled. Its disk is a throw-away overlay. */
export interface StartedVm {
  /** `vm:debian-12`. */
  readonly name: string
  /** Runs a program in it as root. */
  exec(argv: readonly string[], stdin?: Uint8Array): Promise<Finished>
  readFile(path: string): Promise<Buffer>
  /** All that it wrote on its serial console until now. */
  console(): string
  /** Shuts it down as its operator would, and removes the overlay. */
  powerOff(): Promise<void>
  /** Pulls the plug, and removes the overlay. */
  stop(): Promise<void>
}

export interface StartVmOptions {
  /** Words added to the kernel's command line. */
  readonly cmdline?: readonly string[]
  /** Default 180 000: a boot under TCG takes 20 to 40 s. */
  readonly timeoutMs?: number
}

/** Boots a release with its own kernel and waits until `systemctl is-system-running` is `running`. */
export async function startVm(name: string, options: StartVmOptions = {}): Promise<StartedVm> {
  const missing = await missingForVm()
  if (missing !== undefined) throw new EnvironmentMissing(missing)
  const disk = await vmDisk(readRelease(name))
  const vm = await VirtualMachine.create(name, disk, options)
  const limitMs = options.timeoutMs ?? 180_000
  try {
    await Promise.race([vm.settle(), vm.failAfter(limitMs), vm.failAtExit()])
  } catch (error) {
    await vm.stop()
    throw error
  }
  return vm
}

const SCRATCH = 'seatrial-vm-'

/** Removes the overlays of processes that were killed; the kernel ended their machines (PR_SET_PDEATHSIG). */
function removeLeftOvers(): void {
  for (const name of readdirSync(tmpdir()).filter(entry => entry.startsWith(SCRATCH))) {
    const pid = Number(name.slice(SCRATCH.length).split('-')[0])
    if (!isRunning(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}

class VirtualMachine implements StartedVm {
  readonly name: string
  readonly #directory: string
  readonly #qemu: ChildProcess
  readonly #ended: Promise<void>
  #agent: GuestAgent | undefined

  private constructor(name: string, directory: string, qemu: ChildProcess) {
    this.name = `vm:${name}`
    this.#directory = directory
    this.#qemu = qemu
    this.#ended = new Promise(resolve => qemu.once('exit', () => resolve()))
  }

  static async create(name: string, base: VmDisk, options: StartVmOptions): Promise<VirtualMachine> {
    removeLeftOvers()
    const directory = mkdtempSync(join(tmpdir(), `${SCRATCH}${process.pid}-`))
    const disk = join(directory, 'overlay.qcow2')
    await mustRun(['qemu-img', 'create', '-q', '-f', 'qcow2', '-b', base.disk, '-F', 'qcow2', disk])
    const argv = qemuArguments({
      kernel: base.kernel,
      initrd: base.initrd,
      disk,
      console: join(directory, 'console'),
      agentSocket: join(directory, 'agent'),
      qmpSocket: join(directory, 'qmp'),
      ...(options.cmdline === undefined ? {} : { cmdline: options.cmdline }),
    })
    const qemu = spawn('setpriv', ['--pdeathsig', 'KILL', QEMU, ...argv], { stdio: 'inherit' })
    return new VirtualMachine(name, directory, qemu)
  }

  get #isAlive(): boolean {
    return this.#qemu.exitCode === null && this.#qemu.signalCode === null
  }

  async settle(): Promise<void> {
    this.#agent = await GuestAgent.connect(join(this.#directory, 'agent'), () => this.#isAlive)
    const { stdout, stderr } = await this.exec(['systemctl', 'is-system-running', '--wait'])
    const state = stdout.toString().trim()
    if (state === 'running') return
    const failed = await this.exec(['systemctl', '--failed', '--plain', '--no-legend'])
    throw new Error(`systemd in ${this.name} is ${state || stderr.toString().trim()}:\n${failed.stdout}`)
  }

  async failAfter(limitMs: number): Promise<never> {
    await delay(limitMs, undefined, { ref: false })
    throw new Error(`${this.name} did not settle within ${limitMs} ms:\n${this.#consoleEnd()}`)
  }

  async failAtExit(): Promise<never> {
    await this.#ended
    throw new Error(`${this.name} ended:\n${this.#consoleEnd()}`)
  }

  exec(argv: readonly string[], stdin?: Uint8Array): Promise<Finished> {
    return this.#connected().exec(argv, stdin)
  }

  readFile(path: string): Promise<Buffer> {
    return this.#connected().readFile(path)
  }

  console(): string {
    return readFileSync(join(this.#directory, 'console'), 'utf8')
  }

  async powerOff(): Promise<void> {
    this.#connected().shutDown()
    await this.#ended
    await this.stop()
  }

  async stop(): Promise<void> {
    this.#agent?.end()
    if (this.#isAlive) this.#qemu.kill('SIGKILL')
    await this.#ended
    rmSync(this.#directory, { recursive: true, force: true })
  }

  #connected(): GuestAgent {
    if (this.#agent === undefined) throw new Error(`${this.name} has not started`)
    return this.#agent
  }

  #consoleEnd(): string {
    return this.console().split('\n').slice(-30).join('\n')
  }
}
