import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

it('the kernel logs what br_netfilter is needed for', async () => {
  const machine = await boot('debian-12')
  await run(machine, ['modprobe', 'br_netfilter'])
  const { stdout } = await run(machine, ['dmesg', '-t'])
  expect(stdout).toContain('Bridge firewalling registered\n')
  expect(stdout).toMatch(/^bridge: filtering via arp\/ip\/ip6tables is no longer available by default\./m)
})

it('a user may not read the log where dmesg_restrict is 1', async () => {
  const machine = await boot('debian-12')
  expect(machine.kernel.sysctl.entry('kernel/dmesg_restrict')?.value).toBe('1')
  const credentials = { uid: 1000, gid: 1000, groups: [], capabilities: new Set<string>() }
  expect(await run(machine, ['dmesg'], { credentials })).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'dmesg: read kernel buffer failed: Operation not permitted\n',
  })
})
