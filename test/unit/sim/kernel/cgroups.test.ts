import { expect, it } from 'vitest'
import { Unsimulated } from '../../../../src/host/host.ts'
import { boot, run } from '../../../simulated.ts'

const HYBRID = ['systemd.unified_cgroup_hierarchy=0']

it('a hybrid machine has the controllers on v1 and systemd on both', async () => {
  const machine = await boot('debian-12', { cmdline: HYBRID })
  const lines = (await run(machine, ['cat', '/proc/1/cgroup'])).stdout.split('\n')
  expect(lines).toContain('0::/init.scope')
  expect(lines.some(line => /^\d+:memory:\/init\.scope$/.test(line))).toBe(true)
  expect((await run(machine, ['readlink', '/sys/fs/cgroup/cpu'])).stdout).toBe('cpu,cpuacct\n')
  expect((await run(machine, ['stat', '-fc', '%T', '/sys/fs/cgroup/unified'])).stdout).toBe('cgroup2fs\n')
})

it('a legacy machine has no v2 at all, and is one after a reboot too', async () => {
  const cmdline = [...HYBRID, 'systemd.legacy_systemd_cgroup_controller=1']
  const machine = await (await boot('debian-11', { cmdline })).reboot()
  expect((await run(machine, ['cat', '/proc/self/mountinfo'])).stdout).not.toContain('cgroup2')
  expect((await run(machine, ['cat', '/proc/cmdline'])).stdout).toContain(cmdline.join(' '))
})

it('a controller that is disabled is not offered', async () => {
  const machine = await boot('debian-12', { cmdline: ['cgroup_disable=memory'] })
  expect((await run(machine, ['cat', '/sys/fs/cgroup/cgroup.controllers'])).stdout.split(/\s/)).not.toContain(
    'memory',
  )
})

it('what systemd of Debian 13 does on v1 is not modelled', async () => {
  await expect(boot('debian-13', { cmdline: HYBRID })).rejects.toThrow(Unsimulated)
})
