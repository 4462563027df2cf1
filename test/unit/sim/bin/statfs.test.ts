import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

it('stat -f tells by its type which hierarchy of cgroups there is', async () => {
  const stat = ['stat', '-fc', '%T %t', '/sys/fs/cgroup'] as const
  expect((await run(await boot('debian-12'), stat)).stdout).toBe('cgroup2fs 63677270\n')
  const hybrid = await boot('debian-12', { cmdline: ['systemd.unified_cgroup_hierarchy=0'] })
  expect((await run(hybrid, stat)).stdout).toBe('tmpfs 1021994\n')
})
