import { expect, it } from 'vitest'
import { Unsimulated } from '../../../../src/host/host.ts'
import { boot, put, run } from '../../../simulated.ts'

it('swapoff -a on a machine without swap says nothing', async () => {
  const machine = await boot('debian-12')
  expect(await run(machine, ['swapoff', '-a'])).toEqual({ exitCode: 0, stdout: '', stderr: '' })
})

it('swapoff -a with swap in fstab is not simulated', async () => {
  const machine = await boot('debian-12')
  put(machine, '/etc/fstab', '/swapfile none swap sw 0 0\n')
  await expect(run(machine, ['swapoff', '-a'])).rejects.toThrow(Unsimulated)
})
