import { beforeEach, expect, it } from 'vitest'
import type { Machine } from '../../../../sim/machine.ts'
import { boot, run } from '../../../simulated.ts'

const fresh = await boot('debian-12')
let machine: Machine

beforeEach(() => {
  machine = fresh.fork()
})

it('rmmod takes a module away and leaves what it needed', async () => {
  await run(machine, ['modprobe', 'bridge'])
  expect(await run(machine, ['rmmod', 'bridge'])).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  expect(machine.kernel.modules.isLive('bridge')).toBe(false)
  expect(machine.kernel.modules.isLive('stp')).toBe(true)
})

it('rmmod names the users of a module that is in use, and changes nothing', async () => {
  await run(machine, ['modprobe', 'bridge'])
  const before = machine.state.modules
  expect(await run(machine, ['rmmod', 'llc'])).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'rmmod: ERROR: Module llc is in use by: bridge stp\n',
  })
  expect(machine.state.modules).toBe(before)
})

it('rmmod of a module that is held by no module says no more than that it is in use', async () => {
  const { stderr } = await run(machine, ['rmmod', 'autofs4'])
  expect(stderr).toBe('rmmod: ERROR: Module autofs4 is in use\n')
})

it('rmmod goes on after a module that is not there, and fails', async () => {
  await run(machine, ['modprobe', 'dummy'])
  const { exitCode, stderr } = await run(machine, ['rmmod', 'nothere', 'dummy'])
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: 'rmmod: ERROR: Module nothere is not currently loaded\n',
  })
  expect(machine.kernel.modules.isLive('dummy')).toBe(false)
})
