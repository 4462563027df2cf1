import { beforeEach, expect, it } from 'vitest'
import type { Machine } from '../../../../sim/machine.ts'
import { boot, put, run } from '../../../simulated.ts'

const fresh = await boot('debian-12-container')
let machine: Machine

beforeEach(() => {
  machine = fresh.fork()
})

const systemctl = (...words: readonly string[]) => run(machine, ['systemctl', ...words])

it('--failed lists what failed, with a dot and a legend', async () => {
  put(
    machine,
    '/etc/systemd/system/bad.service',
    '[Unit]\nDescription=Bad\n[Service]\nType=oneshot\nExecStart=/bin/false\n',
  )
  expect((await systemctl('--failed')).stdout).toBe('\n0 loaded units listed.\n'.slice(1))
  await systemctl('start', 'bad')
  expect((await systemctl('--failed')).stdout).toBe(
    '  UNIT        LOAD   ACTIVE SUB    DESCRIPTION\n' +
      '* bad.service loaded failed failed Bad\n\n' +
      'LOAD   = Reflects whether the unit definition was properly loaded.\n' +
      'ACTIVE = The high-level unit activation state, i.e. generalization of SUB.\n' +
      'SUB    = The low-level unit activation state, values depend on unit type.\n' +
      '1 loaded units listed.\n',
  )
})

it('--plain --no-legend leaves the rows', async () => {
  const { stdout } = await systemctl('list-units', '--plain', '--no-legend', 'containerd.service')
  expect(stdout).toBe('containerd.service loaded active running containerd container runtime\n')
})

it('list-unit-files tells whether a unit is enabled', async () => {
  expect((await systemctl('list-unit-files', '--no-legend', 'containerd.service')).stdout).toBe(
    'containerd.service enabled enabled\n',
  )
  await systemctl('disable', 'containerd')
  expect((await systemctl('list-unit-files', '--no-legend', 'containerd.service')).stdout).toBe(
    'containerd.service disabled enabled\n',
  )
})

it('units are listed by type and then by name', async () => {
  const { stdout } = await systemctl('list-units', '--plain', '--no-legend', '--type=service,target')
  const units = stdout
    .trim()
    .split('\n')
    .map(line => line.split(' ')[0] ?? '')
  const [services, targets] = ['.service', '.target'].map(type => units.filter(unit => unit.endsWith(type)))
  expect(units).toEqual([...(services ?? []).sort(), ...(targets ?? []).sort()])
})
