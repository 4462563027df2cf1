import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

const insmod = (name: string): readonly [string, ...string[]] => [
  'sh',
  '-c',
  `insmod "$(modinfo -n ${name})"`,
]

it('insmod loads a file, and not what it needs', async () => {
  const machine = await boot('debian-12')
  const { exitCode, stderr } = await run(machine, insmod('br_netfilter'))
  expect({ exitCode, isSaid: stderr.endsWith('Unknown symbol in module\n') }).toEqual({
    exitCode: 1,
    isSaid: true,
  })
  expect(machine.kernel.modules.isLive('br_netfilter')).toBe(false)
  expect((await run(machine, insmod('8021q'))).exitCode).toBe(1)
  expect((await run(machine, insmod('garp'))).exitCode).toBe(1)
})

it('a file that is not there exits 1', async () => {
  const machine = await boot('debian-12')
  expect(await run(machine, ['insmod', '/nothere.ko'])).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'insmod: ERROR: could not load module /nothere.ko: No such file or directory\n',
  })
})
