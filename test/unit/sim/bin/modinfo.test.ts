import { expect, it } from 'vitest'
import { Unsimulated } from '../../../../src/host/host.ts'
import { boot, run } from '../../../simulated.ts'

it('modinfo tells a field of a module, and where its file is', async () => {
  const machine = await boot('debian-13')
  expect((await run(machine, ['modinfo', '-F', 'depends', 'br_netfilter'])).stdout).toBe('bridge\n')
  const { stdout } = await run(machine, ['modinfo', '-n', 'br_netfilter'])
  expect(stdout).toMatch(/^\/lib\/modules\/6\.12\..*\/br_netfilter\.ko\.xz\n$/)
})

it('a field that the image does not have is not invented', async () => {
  const machine = await boot('debian-13')
  await expect(run(machine, ['modinfo', '-F', 'vermagic', 'br_netfilter'])).rejects.toThrow(Unsimulated)
})

it('a module that there is none of exits 1', async () => {
  const machine = await boot('debian-11')
  expect(await run(machine, ['modinfo', 'nothere'])).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'modinfo: ERROR: Module alias nothere not found.\n',
  })
})
