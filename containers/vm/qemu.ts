import { isInstalled, mustRun } from '../command.ts'

export const QEMU = 'qemu-system-x86_64'

/** QEMU 7.2 corrupts the memory of newer guests under TCG (kernels 6.12 and 7.2 panic); 10.0 was seen to run them. */
const OLDEST_VERSION = 10

/** Says in one sentence why no virtual machine can be run here; undefined where one can. */
export async function missingForVm(): Promise<string | undefined> {
  for (const program of [QEMU, 'qemu-img', 'mke2fs', 'setpriv']) {
    if (!(await isInstalled(program))) return `${program} is not installed`
  }
  const version = majorVersion(await mustRun([QEMU, '--version']))
  if (version >= OLDEST_VERSION) return undefined
  return `QEMU ${version} is too old: ${OLDEST_VERSION} is needed (containers/vm/install-qemu.sh brings it)`
}

/** `QEMU emulator version 10.0.2 (Debian …)`: 10; 0 where there is no such line. */
export function majorVersion(text: string): number {
  return Number(/^QEMU emulator version (\d+)\./m.exec(text)?.[1] ?? 0)
}

export interface QemuOptions {
  readonly kernel: string
  readonly initrd: string
  readonly disk: string
  /** Gets all that the guest writes on its serial console. */
  readonly console: string
  /** Unix sockets that QEMU listens on. */
  readonly agentSocket: string
  readonly qmpSocket: string
  /** Words added to the kernel's command line. */
  readonly cmdline?: readonly string[]
}

/**
 * The command line of one virtual machine. TCG is always right: under KVM on a nested machine a guest may hang. A panic ends
 * QEMU at once (`panic=-1` makes the kernel reboot, `-no-reboot` makes that an exit), so it is a failure and not a
 * time-out.
 */
export function qemuArguments(options: QemuOptions): string[] {
  const cmdline = ['root=/dev/vda', 'rw', 'console=ttyS0', 'panic=-1', ...(options.cmdline ?? [])]
  return [
    ...['-accel', 'tcg', '-cpu', 'max', '-smp', '2', '-m', '2048', '-no-reboot', '-nodefaults'],
    ...['-nic', 'none', '-display', 'none', '-serial', `file:${options.console}`],
    ...['-kernel', options.kernel, '-initrd', options.initrd, '-append', cmdline.join(' ')],
    ...['-drive', `file=${options.disk},if=virtio,format=qcow2,cache=unsafe`, '-device', 'virtio-rng-pci'],
    ...['-qmp', `unix:${options.qmpSocket},server=on,wait=off`, '-device', 'virtio-serial-pci'],
    ...['-chardev', `socket,path=${options.agentSocket},server=on,wait=off,id=agent`],
    ...['-device', 'virtserialport,chardev=agent,name=org.qemu.guest_agent.0'],
  ]
}
