import { beforeEach, describe, expect, it } from 'vitest'
import { userCredentials } from '../../../../sim/kernel/credentials.ts'
import type { Machine } from '../../../../sim/machine.ts'
import { boot, run, text } from '../../../simulated.ts'

const fresh = await boot('debian-12')
let machine: Machine

beforeEach(() => {
  machine = fresh.fork()
})

it('every row of /proc/self/mountinfo names a parent that is there', () => {
  const rows = text(machine, '/proc/1/mountinfo')
    .trimEnd()
    .split('\n')
    .map(row => row.split(' '))
  const ids = new Set(rows.map(([id]) => id))
  expect(rows.filter(([, parent = '']) => !ids.has(parent)).map(([, , , , target]) => target)).toEqual(['/'])
})

it('/proc/modules has a row for each live module, with its users', async () => {
  await run(machine, ['modprobe', 'bridge'])
  const rows = text(machine, '/proc/modules').split('\n')
  expect(rows.slice(0, 3).map(row => row.replace(/ 0x\w+$/, ''))).toEqual([
    'bridge 294912 0 - Live',
    'stp 16384 1 bridge, Live',
    'llc 16384 2 bridge,stp, Live',
  ])
})

describe('a file of /proc/sys', () => {
  it('without a write bit cannot be opened for writing, by root neither', () => {
    const { fs, rootCaller } = machine
    expect(() => fs.open(rootCaller, '/proc/sys/kernel/ostype', { write: true }, 0)).toThrow(
      expect.objectContaining({ errno: 'EACCES' }),
    )
    expect(fs.canAccess(rootCaller, '/proc/sys/kernel/ostype', 'write')).toBe(false)
  })

  it('cannot be written by a user', () => {
    const caller = { ...machine.rootCaller, credentials: userCredentials(1000) }
    expect(() => machine.fs.open(caller, '/proc/sys/vm/swappiness', { write: true }, 0)).toThrow(
      expect.objectContaining({ errno: 'EACCES' }),
    )
  })

  it('kernel/hostname is the name of uname(2)', async () => {
    await run(machine, ['sysctl', 'kernel.hostname=other'])
    expect(machine.kernel.uts.value.nodename).toBe('other')
    expect(text(machine, '/proc/sys/kernel/hostname')).toBe('other\n')
  })

  it('cannot be created', () => {
    const open = () =>
      machine.fs.open(machine.rootCaller, '/proc/sys/vm/new', { write: true, create: true }, 0o644)
    expect(open).toThrow(expect.objectContaining({ errno: 'ENOENT' }))
  })
})

it('a process is there as long as it runs, with the start time of its own clock', async () => {
  const { stdout } = await run(machine, ['cat', '/proc/self/stat'])
  const [pid, comm] = stdout.split(' ')
  expect(comm).toBe('(cat)')
  expect(Number(stdout.split(' ')[21])).toBe(Math.floor(machine.clock.monotonicNs / 1e7))
  expect(machine.fs.canAccess(machine.rootCaller, `/proc/${pid}`, 'exists')).toBe(false)
})

it('what of proc is not modelled is never said to be absent', () => {
  expect(() => text(machine, '/proc/vmstat')).toThrow('is not simulated')
  expect(() => text(machine, '/proc/nothing')).toThrow(expect.objectContaining({ errno: 'ENOENT' }))
})
