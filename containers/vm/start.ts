import { withLock } from '../cache.ts'
import { EnvironmentMissing } from '../environment-missing.ts'
import { readRelease, withPackages } from '../release.ts'
import { vmDisk } from './disk.ts'
import { accelerator } from './kvm.ts'
import { VirtualMachine, VmFailure } from './machine.ts'
import { DEFAULT_CPUS, missingForVm } from './qemu.ts'
import { listVms, removeLeftOvers, thisProcess } from './state.ts'

export interface StartVmOptions {
  /** Words added to the kernel's command line: `systemd.unified_cgroup_hierarchy=0`. */
  readonly cmdline?: readonly string[]
  /** What follows `vm:`. Default: the release's name; for a throw-away machine with the process behind it. */
  readonly name?: string
  /**
   * Default 2. Under TCG one is better where programs run one after the other: starting one takes about half of this
   * machine's time, since virtual processors that share memory interrupt each other when its mapping changes.
   */
  readonly cpus?: number
  /** Debian packages it has besides its release's own: a disk of its own, built when first asked for. */
  readonly packages?: readonly string[]
  /** How long it may take to settle. Default 240 000. */
  readonly timeoutMs?: number
}

export interface LaunchVmOptions extends StartVmOptions {
  /** Ends the start: the machine is switched off, and its disk stays. */
  readonly signal?: AbortSignal
}

/** A virtual machine for tests: its disk is thrown away when it is stopped, and it ends with this process. */
export interface StartedVm
  extends Pick<
    VirtualMachine,
    | 'exec'
    | 'readFile'
    | 'snapshot'
    | 'restore'
    | 'reboot'
    | 'powerCut'
    | 'pullPlug'
    | 'console'
    | 'keepConsole'
  > {
  /** `debian-12-4711-1`: what `openVmHost` takes. */
  readonly id: string
  /** `vm:debian-12-4711-1`, as the command line takes it. */
  readonly name: string
  /** Shuts it down as its operator would, and removes it. */
  powerOff(): Promise<void>
  /** Pulls the plug, and removes it. */
  stop(): Promise<void>
}

let count = 0

/** Boots a release with its own kernel and waits until `systemctl is-system-running` is `running`. */
export async function startVm(release: string, options: StartVmOptions = {}): Promise<StartedVm> {
  removeLeftOvers()
  const name = options.name ?? `${release}-${process.pid}-${++count}`
  const vm = await create(name, release, { ...options, owner: thisProcess() })
  try {
    await vm.start()
    await vm.settle(options.timeoutMs)
  } catch (error) {
    await vm.remove()
    throw error
  }
  return throwAway(vm)
}

function throwAway(vm: VirtualMachine): StartedVm {
  return {
    id: vm.id,
    name: `vm:${vm.id}`,
    exec: (argv, stdin) => vm.exec(argv, stdin),
    readFile: path => vm.readFile(path),
    snapshot: tag => vm.snapshot(tag),
    restore: tag => vm.restore(tag),
    reboot: boot => vm.reboot(boot),
    powerCut: boot => vm.powerCut(boot),
    pullPlug: () => vm.pullPlug(),
    console: () => vm.console(),
    keepConsole: () => vm.keepConsole(),
    powerOff: async () => {
      await vm.powerOff()
      await vm.remove()
    },
    stop: () => vm.remove(),
  }
}

/**
 * Starts a machine that outlives this process, until `stopVm`: a new one, or the one of that name that was stopped, with its
 * disk. Resolves to it when it has settled; one that runs already is left alone, and of the options only the kernel's command
 * line changes one that was there.
 */
export async function launchVm(release: string, options: LaunchVmOptions = {}): Promise<VirtualMachine> {
  const name = options.name ?? release
  return withLock(vmLock(name), async () => {
    const there = listVms().find(vm => vm.name === name)
    if (there !== undefined && (there.release !== release || there.isThrowAway))
      throw new EnvironmentMissing(
        `vm:${name} is another machine, of ${there.release}: give this one another name`,
      )
    if (there?.isRunning) return new VirtualMachine(name)
    const vm = there === undefined ? await create(name, release, options) : await existing(name)
    const { signal } = options
    const interrupt = () => void vm.pullPlug()
    try {
      signal?.throwIfAborted()
      await vm.start(options)
      signal?.addEventListener('abort', interrupt)
      await vm.settle(options.timeoutMs)
      return vm
    } catch (error) {
      await vm.pullPlug()
      throw error
    } finally {
      signal?.removeEventListener('abort', interrupt)
    }
  })
}

/** The lock under which a machine that outlives its starter is started, and removed with its disks. */
export const vmLock = (name: string): string => `vm-${name}`

/** A shutdown may wait 90 s for one unit (DefaultTimeoutStopSec, systemd-system.conf(5)). */
const STOP_LIMIT_MS = 120_000

/** Shuts a machine down, or pulls the plug where it does not answer; its disk stays. */
export async function stopVm(name: string): Promise<void> {
  const vm = known(name)
  if (!vm.isRunning) return
  try {
    await vm.powerOff(STOP_LIMIT_MS)
  } catch (error) {
    if (!(error instanceof VmFailure)) throw error
    await vm.pullPlug()
  }
}

/** Ends a machine at once, and removes it with its disk. */
export async function removeVm(name: string): Promise<void> {
  await known(name).remove()
}

/** A machine that there is; throws where there is none of that name, naming those there are. */
export function known(name: string): VirtualMachine {
  const names = listVms().map(vm => vm.name)
  if (names.includes(name)) return new VirtualMachine(name)
  throw new EnvironmentMissing(
    `there is no virtual machine vm:${name}; there are ${names.join(', ') || 'none'}`,
  )
}

async function create(
  name: string,
  releaseName: string,
  options: StartVmOptions & { readonly owner?: string },
): Promise<VirtualMachine> {
  await assertPossible()
  const disk = await vmDisk(withPackages(readRelease(releaseName), options.packages ?? []))
  const { kernel, initrd } = disk
  return VirtualMachine.create(name, disk, {
    release: releaseName,
    accelerator: await accelerator(disk),
    cpus: options.cpus ?? DEFAULT_CPUS,
    kernel,
    initrd,
    cmdline: options.cmdline ?? [],
    ...(options.owner === undefined ? {} : { owner: options.owner }),
  })
}

/** Rejects with `EnvironmentMissing` where no such machine can be had here; builds its disk where it can be built. */
export async function vmIsPossible(release: string, packages: readonly string[] = []): Promise<void> {
  await assertPossible()
  await vmDisk(withPackages(readRelease(release), packages))
}

async function existing(name: string): Promise<VirtualMachine> {
  await assertPossible()
  return new VirtualMachine(name)
}

async function assertPossible(): Promise<void> {
  const missing = await missingForVm()
  if (missing !== undefined) throw new EnvironmentMissing(missing)
}
