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

/** As many as the base images were recorded with. */
export const DEFAULT_CPUS = 2

/** What runs the guest's instructions: QEMU itself, or the machine's processor. */
export type Accelerator = 'tcg' | 'kvm'

/**
 * `no_timer_check`: on a busy machine a guest under TCG gets too few timer interrupts in the few milliseconds in which its
 * kernel looks for them, and panicked with "IO-APIC + timer doesn't work!" (recorded, 7.2). Under KVM a kernel leaves the
 * look out by itself (arch/x86/kernel/kvm.c).
 */
const CMDLINE = ['root=/dev/vda', 'rw', 'console=ttyS0', 'no_timer_check']

export interface QemuOptions {
  readonly name: string
  readonly accelerator: Accelerator
  readonly cpus: number
  readonly kernel: string
  readonly initrd: string
  /** Words added to the kernel's command line. */
  readonly cmdline: readonly string[]
}

/**
 * The command line of one virtual machine, to be run in its directory: the disk, the log and the sockets are named without
 * a folder, so that no path is too long for a socket.
 *
 * A panic leaves the guest halted with its words on the console (no `panic=` on its command line, as Debian has it), where
 * whoever waits for it looks; a guest that resets while it boots ends QEMU, until `reboot=reset` is set (`settled`).
 *
 * `cache=unsafe`: what the guest flushes goes as far as the host's kernel (QEMU writes its own tables of qcow2 then, too:
 * `qcow2_co_flush_to_os`), and is not synced there. The host's kernel outlives QEMU, so for the guest a killed QEMU is an
 * honest power cut: nothing that it synced is lost, and what it did not write out is.
 */
export function qemuArguments(options: QemuOptions): string[] {
  const cmdline = [...CMDLINE, ...options.cmdline]
  return [
    ...[
      '-name',
      options.name,
      '-accel',
      options.accelerator,
      '-cpu',
      'max',
      '-smp',
      `${options.cpus}`,
      '-m',
      '2048',
    ],
    ...['-nodefaults', '-nic', 'none', '-display', 'none', '-action', 'reboot=shutdown'],
    ...['-chardev', 'file,id=console,path=console,append=on', '-serial', 'chardev:console'],
    ...['-kernel', options.kernel, '-initrd', options.initrd, '-append', cmdline.join(' ')],
    ...['-drive', 'file=disk.qcow2,if=virtio,format=qcow2,cache=unsafe', '-device', 'virtio-rng-pci'],
    ...['-qmp', 'unix:qmp,server=on,wait=off', '-device', 'virtio-serial-pci'],
    ...['-chardev', 'socket,path=agent,server=on,wait=off,id=agent'],
    ...['-device', 'virtserialport,chardev=agent,name=org.qemu.guest_agent.0'],
  ]
}
