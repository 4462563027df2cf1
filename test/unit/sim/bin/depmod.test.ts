import { expect, it } from 'vitest'
import { Unsimulated } from '../../../../src/host/host.ts'
import { boot, put, run } from '../../../simulated.ts'

it('depmod of the modules that the image has changes nothing', async () => {
  const machine = await boot('debian-12')
  const before = machine.state.trees
  expect(await run(machine, ['depmod', '-a'])).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  expect(machine.state.trees).toBe(before)
})

it('what depmod makes of another module is not known', async () => {
  const machine = await boot('debian-12')
  put(machine, `/lib/modules/${machine.kernel.record.release}/updates/mine.ko`, 'ELF')
  await expect(run(machine, ['depmod'])).rejects.toThrow(Unsimulated)
})

it('a kernel without a module directory is an error', async () => {
  const { exitCode, stderr } = await run(await boot('debian-12'), ['depmod', '1.2.3'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain(
    'depmod: ERROR: could not open directory /lib/modules/1.2.3: No such file or directory\n',
  )
})
