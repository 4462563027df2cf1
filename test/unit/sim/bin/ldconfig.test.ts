import { expect, it } from 'vitest'
import { Unsimulated } from '../../../../src/host/host.ts'
import { boot, run } from '../../../simulated.ts'

it('ldconfig makes its cache anew; what it would print is not simulated', async () => {
  const machine = await boot('debian-12-container')
  expect((await run(machine, ['ldconfig'])).exitCode).toBe(0)
  await expect(run(machine, ['ldconfig', '-p'])).rejects.toThrow(Unsimulated)
})
