import { expect, it } from 'vitest'
import { boot, put, run } from '../../../simulated.ts'

it('swapoff -a on a machine without swap says nothing', async () => {
  const machine = await boot('debian-12')
  expect(await run(machine, ['swapoff', '-a'])).toEqual({ exitCode: 0, stdout: '', stderr: '' })
})

it('swapoff -a says nothing of swap in fstab that is not on', async () => {
  const machine = await boot('debian-12')
  put(machine, '/etc/fstab', '/swapfile none swap sw 0 0\n')
  expect(await run(machine, ['swapoff', '-a'])).toEqual({ exitCode: 0, stdout: '', stderr: '' })
})
