import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { StartedVm } from '../../containers/vm/start.ts'
import { describeVm } from '../real.ts'

/** What a script prints in the machine; it must succeed. */
async function sh(vm: StartedVm, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await vm.exec(['sh', '-c', script])
  expect({ exitCode, stderr: stderr.toString() }).toEqual({ exitCode: 0, stderr: '' })
  return stdout.toString().trim()
}

const isLoaded = 'grep -c "^dummy " /proc/modules || true'
const has = (path: string): string => `if [ -e ${path} ]; then cat ${path}; else echo none; fi`

/** A disk, memory and kernel state of a machine that was changed: a file, one below /run, a module. */
const CHANGE = 'echo disk >/etc/changed; sync; echo memory >/run/changed; modprobe dummy'
const STATE = `${has('/etc/changed')}; ${has('/run/changed')}; ${isLoaded}`

await describeVm(
  'debian-12',
  'a virtual machine',
  vm => {
    describe('with a snapshot', () => {
      beforeAll(() => vm().snapshot('fresh'))
      afterEach(() => vm().restore('fresh'))

      test('goes back to it: disk, memory and kernel', async () => {
        await sh(vm(), CHANGE)
        expect(await sh(vm(), STATE)).toBe('disk\nmemory\n1')
        await vm().restore('fresh')
        expect(await sh(vm(), STATE)).toBe('none\nnone\n0')
      })

      test('can be restored many times, and each time runs on from the same moment', async () => {
        const clock = 'cut -d. -f1 /proc/uptime'
        const first = Number(await sh(vm(), clock))
        for (let time = 0; time < 3; time++) {
          await vm().restore('fresh')
          expect(Number(await sh(vm(), clock)) - first).toBeLessThan(15)
        }
      })

      test('keeps its disk at a reboot, and loses what was in memory', async () => {
        const before = await sh(vm(), 'cat /proc/sys/kernel/random/boot_id')
        await sh(vm(), CHANGE)
        await vm().reboot()
        expect(await sh(vm(), 'cat /proc/sys/kernel/random/boot_id')).not.toBe(before)
        expect(await sh(vm(), STATE)).toBe('disk\nnone\n0')
        expect(await sh(vm(), 'systemctl is-system-running')).toBe('running')
      })

      test('loses at a power cut what was not synced, and nothing that was', async () => {
        // The kernel writes by itself only what is older than half a minute; here not even that.
        await sh(vm(), 'sysctl -q -w vm.dirty_writeback_centisecs=0')
        await sh(vm(), 'echo synced >/etc/synced; sync; echo unsynced >/etc/unsynced')
        await vm().powerCut()
        expect(await sh(vm(), `${has('/etc/synced')}; ${has('/etc/unsynced')}`)).toBe('synced\nnone')
      })

      test('whose kernel panics fails with the kernel’s words and the end of its console', async () => {
        const panicked = vm().exec(['sh', '-c', 'echo c >/proc/sysrq-trigger'])
        await expect(panicked).rejects.toThrow(
          /^vm:debian-12-.*: Kernel panic - not syncing: sysrq triggered crash\n.*\/console\/.*\.log\):\n.*end Kernel panic/s,
        )
      })
    })

    describe('with another command line of the kernel', () => {
      const cgroups =
        'stat -f -c %T /sys/fs/cgroup; stat -f -c %T /sys/fs/cgroup/unified 2>/dev/null || echo none'

      test('has hybrid cgroups', async () => {
        await vm().powerCut({ cmdline: ['systemd.unified_cgroup_hierarchy=0'] })
        expect(await sh(vm(), cgroups)).toBe('tmpfs\ncgroup2fs')
      })

      test('has cgroup v1', async () => {
        const legacy = ['systemd.unified_cgroup_hierarchy=0', 'systemd.legacy_systemd_cgroup_controller=1']
        await vm().reboot({ cmdline: legacy })
        expect(await sh(vm(), `${cgroups}; cat /proc/cmdline`)).toBe(
          `tmpfs\nnone\nroot=/dev/vda rw console=ttyS0 no_timer_check ${legacy.join(' ')}`,
        )
      })
    })
  },
  { cpus: 1 },
)
