import { beforeEach, expect, it } from 'vitest'
import type { Machine } from '../../../../sim/machine.ts'
import { boot, put, run } from '../../../simulated.ts'

const fresh = await boot('debian-12')
let machine: Machine

beforeEach(() => {
  machine = fresh.fork()
})

const live = (): readonly string[] => machine.kernel.modules.live.map(module => module.name)

it('modprobe of an unknown module exits 1 and changes nothing', async () => {
  const before = machine.state.modules
  expect(await run(machine, ['modprobe', 'nothere'])).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'modprobe: FATAL: Module nothere not found in directory /lib/modules/6.1.0-56-cloud-amd64\n',
  })
  expect(machine.state.modules).toBe(before)
})

it('modprobe loads what a module needs before it, and a dash in a name is an underscore', async () => {
  await run(machine, ['modprobe', 'br-netfilter'])
  expect(live().slice(0, 4)).toEqual(['br_netfilter', 'bridge', 'stp', 'llc'])
})

it('modprobe of a module that is live does nothing, which --first-time calls a failure', async () => {
  await run(machine, ['modprobe', 'bridge'])
  const before = machine.state.modules
  expect(await run(machine, ['modprobe', 'bridge'])).toMatchObject({ exitCode: 0, stderr: '' })
  expect(await run(machine, ['modprobe', '--first-time', 'bridge'])).toMatchObject({ exitCode: 1 })
  expect(machine.state.modules).toBe(before)
})

it('modprobe -r takes along the direct dependencies that nobody uses any more, and no others', async () => {
  await run(machine, ['modprobe', 'bridge'])
  expect(await run(machine, ['modprobe', '-r', '-v', 'bridge'])).toEqual({
    exitCode: 0,
    stdout: 'rmmod bridge\nrmmod stp\n',
    stderr: '',
  })
  expect(live()).toContain('llc')
})

it('modprobe -D shows every module of the way, although it is there already', async () => {
  await run(machine, ['modprobe', 'bridge'])
  const { stdout } = await run(machine, ['modprobe', '-D', 'bridge'])
  expect(stdout.match(/[a-z]+\.ko/g)).toEqual(['llc.ko', 'stp.ko', 'bridge.ko'])
})

it('a blacklist is for aliases; a name is loaded in spite of it, unless -b was given', async () => {
  put(machine, '/etc/modprobe.d/local.conf', 'blacklist dummy\nalias mynet dummy\n')
  await run(machine, ['modprobe', 'mynet'])
  await run(machine, ['modprobe', '-b', 'dummy'])
  expect(live()).not.toContain('dummy')
  await run(machine, ['modprobe', 'dummy'])
  expect(live()).toContain('dummy')
})

it('an install command runs in place of the insertion, and its failure is an invalid argument', async () => {
  put(machine, '/etc/modprobe.d/local.conf', 'install sctp exit 3\n')
  const { exitCode, stderr } = await run(machine, ['modprobe', 'sctp'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain("Error running install command 'exit 3' for module sctp: retcode 3\n")
  expect(stderr).toContain("could not insert 'sctp': Invalid argument\n")
})

it('options of modprobe.d come before those of the command line', async () => {
  put(machine, '/etc/modprobe.d/local.conf', 'options bridge a=1\n')
  const { stdout } = await run(machine, ['modprobe', '-n', '-v', 'bridge', 'b=2', 'c=x y'])
  expect(stdout.split('\n').at(-2)).toMatch(/bridge\.ko a=1 b=2 c="x y"$/)
})

it('text in modules.dep changes nothing without depmod: the binary index counts', async () => {
  put(machine, '/lib/modules/6.1.0-56-cloud-amd64/modules.dep', '')
  await run(machine, ['modprobe', 'bridge'])
  expect(live().slice(0, 3)).toEqual(['bridge', 'stp', 'llc'])
})

it('in a container without the module directory no module is found', async () => {
  const { exitCode, stderr } = await run(await boot('debian-12-container'), ['modprobe', 'overlay'])
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('Module overlay not found in directory'),
  })
})
