import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

it('pidof goes by the name that a program was called by', async () => {
  const machine = await boot('debian-12-container')
  expect((await run(machine, ['pidof', 'init'])).stdout).toBe('1\n')
  expect(await run(machine, ['pidof', 'systemd'])).toEqual({ exitCode: 1, stdout: '', stderr: '' })
})
