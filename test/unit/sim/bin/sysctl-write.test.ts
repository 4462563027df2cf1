import { expect, it } from 'vitest'
import { boot, put, run } from '../../../simulated.ts'

const GLOB = 'net.ipv4.conf.*.log_martians = 1\n-net.ipv4.conf.lo.log_martians\n'

it('procps 4 sets what a glob matches, but for what is named with a dash', async () => {
  const machine = await boot('debian-12-container')
  put(machine, '/root/a.conf', GLOB)
  expect((await run(machine, ['sysctl', '-p', '/root/a.conf'])).exitCode).toBe(0)
  const { stdout } = await run(machine, [
    'sysctl',
    '-n',
    'net.ipv4.conf.all.log_martians',
    'net.ipv4.conf.lo.log_martians',
  ])
  expect(stdout).toBe('1\n0\n')
})

it('procps 3 takes a glob for a name that is not there', async () => {
  const machine = await boot('debian-11-container')
  put(machine, '/root/a.conf', GLOB)
  const { exitCode, stderr } = await run(machine, ['sysctl', '-p', '/root/a.conf'])
  expect(exitCode).toBe(255)
  expect(stderr).toContain('cannot stat /proc/sys/net/ipv4/conf/*/log_martians: No such file or directory')
})

it('a value that the kernel refuses fails but in procps 3', async () => {
  const codes = []
  for (const image of ['debian-11-container', 'debian-12-container'])
    codes.push((await run(await boot(image), ['sysctl', 'net.ipv4.ip_forward=abc'])).exitCode)
  expect(codes).toEqual([0, 1])
})
