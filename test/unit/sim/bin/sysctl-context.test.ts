import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

it('the first separator of a key tells in which notation it is', async () => {
  const machine = await boot('debian-13-container')
  for (const key of ['net.ipv4.conf.lo.forwarding', 'net/ipv4/conf/lo/forwarding'])
    expect((await run(machine, ['sysctl', '-N', key])).stdout).toBe('net.ipv4.conf.lo.forwarding\n')
})

it('a pattern that is none lets nothing through', async () => {
  const machine = await boot('debian-13-container')
  expect(await run(machine, ['sysctl', '--pattern', '[', '-a'])).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: '',
  })
})
