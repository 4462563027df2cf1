import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cacheDirectory, withLock } from '../cache.ts'
import type { VmDisk } from './disk.ts'
import { VirtualMachine, VmFailure } from './machine.ts'
import { type Accelerator, DEFAULT_CPUS } from './qemu.ts'
import { thisProcess } from './state.ts'

/** Under KVM a guest that boots at all does so in seconds. */
const PROBE_LIMIT_MS = 30_000

/**
 * TCG, unless SEATRIAL_VM_ACCEL is `kvm` and a guest was seen to boot under it. That `/dev/kvm` is there does not prove it:
 * on a machine that is a virtual one itself guests were seen to hang, and QEMU to abort (`failed to set MSR 0x10a`).
 */
export async function accelerator(disk: VmDisk): Promise<Accelerator> {
  const asked = process.env.SEATRIAL_VM_ACCEL ?? 'tcg'
  if (asked !== 'tcg' && asked !== 'kvm')
    throw new Error(`SEATRIAL_VM_ACCEL is ${JSON.stringify(asked)}: it may be tcg or kvm`)
  return asked === 'kvm' && (await kvmBoots(disk)) ? 'kvm' : 'tcg'
}

/** Whether a guest boots under KVM here: tried once a boot of this machine, and remembered. */
export async function kvmBoots(disk: VmDisk): Promise<boolean> {
  if (!existsSync('/dev/kvm')) return false
  const path = join(cacheDirectory(), 'kvm')
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return withLock('kvm', async () => {
    const [rememberedBoot, answer] = existsSync(path) ? readFileSync(path, 'utf8').trim().split(' ') : []
    if (rememberedBoot === bootId) return answer === 'boots'
    const boots = await probe(disk)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `${bootId} ${boots ? 'boots' : 'fails'}\n`)
    return boots
  })
}

async function probe(disk: VmDisk): Promise<boolean> {
  const { kernel, initrd } = disk
  const record = {
    release: 'probe',
    accelerator: 'kvm',
    cpus: DEFAULT_CPUS,
    kernel,
    initrd,
    cmdline: [],
  } as const
  const vm = await VirtualMachine.create(`kvm-${process.pid}`, disk, { ...record, owner: thisProcess() })
  try {
    await vm.start()
    await vm.settle(PROBE_LIMIT_MS)
    return true
  } catch (error) {
    if (error instanceof VmFailure) return false
    throw error
  } finally {
    await vm.remove()
  }
}
