import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

it('a directory is read with all that lies below it', async () => {
  const machine = await boot('debian-12-container')
  const { stdout } = await run(machine, ['sysctl', '-N', 'net.ipv4.conf.lo'])
  expect(stdout.split('\n')).toContain('net.ipv4.conf.lo.forwarding')
  expect(stdout).not.toContain('net.ipv4.conf.all')
})

it('a key that nobody can read is passed over', async () => {
  const machine = await boot('debian-12-container')
  expect(await run(machine, ['sysctl', 'vm.drop_caches'])).toEqual({ exitCode: 0, stdout: '', stderr: '' })
})
