import { beforeEach, expect, it } from 'vitest'
import type { Machine } from '../../../../sim/machine.ts'
import { boot, put, run, text } from '../../../simulated.ts'

const PROGRAM = '/lib/systemd/systemd-sysctl'
const fresh = await boot('debian-12')
let machine: Machine

beforeEach(() => {
  machine = fresh.fork()
})

const sysctl = (...words: readonly string[]) => run(machine, [PROGRAM, ...words])
const valueOfKey = (key: string): string => text(machine, `/proc/sys/${key}`)

it('a value of a later file wins, and each is written once', async () => {
  put(machine, '/etc/sysctl.d/10-a.conf', 'net.ipv4.ip_forward = 0\n')
  put(machine, '/usr/lib/sysctl.d/20-b.conf', 'net/ipv4/ip_forward=1\n')
  expect(await sysctl()).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  expect(valueOfKey('net/ipv4/ip_forward')).toBe('1\n')
})

it('a key that is not there is told and no failure, with a dash not even told', async () => {
  put(machine, '/etc/sysctl.d/a.conf', 'net.ipv4.nothere = 1\n-net.ipv4.neither = 1\n')
  expect(await sysctl()).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: "Couldn't write '1' to 'net/ipv4/nothere', ignoring: No such file or directory\n",
  })
})

it('--strict makes a missing key a failure', async () => {
  put(machine, '/etc/sysctl.d/a.conf', 'net.ipv4.nothere = 1\n')
  const stderr = "Couldn't write '1' to 'net/ipv4/nothere': No such file or directory\n"
  expect(await sysctl('--strict')).toEqual({ exitCode: 1, stdout: '', stderr })
})

it('a line that is no assignment fails the run, and the others are written all the same', async () => {
  put(machine, '/etc/sysctl.d/a.conf', 'broken line\nnet.ipv4.ip_forward = 1\n')
  const stderr = '/etc/sysctl.d/a.conf:1: Line is not an assignment, ignoring: broken line\n'
  expect(await sysctl()).toEqual({ exitCode: 1, stdout: '', stderr })
  expect(valueOfKey('net/ipv4/ip_forward')).toBe('1\n')
})

it('a glob leaves out what a line of its own or a dash names', async () => {
  put(machine, '/etc/sysctl.d/a.conf', 'net.ipv4.conf.*.log_martians = 1\n-net.ipv4.conf.lo.log_martians\n')
  expect((await sysctl()).exitCode).toBe(0)
  expect(valueOfKey('net/ipv4/conf/all/log_martians')).toBe('1\n')
  expect(valueOfKey('net/ipv4/conf/lo/log_martians')).toBe('0\n')
})

it('--prefix writes only what lies below it', async () => {
  put(machine, '/etc/sysctl.d/a.conf', 'net.ipv4.ip_forward = 1\nnet.ipv4.conf.lo.log_martians = 1\n')
  expect((await sysctl('--prefix=net.ipv4.conf')).exitCode).toBe(0)
  expect(valueOfKey('net/ipv4/ip_forward')).toBe('0\n')
  expect(valueOfKey('net/ipv4/conf/lo/log_martians')).toBe('1\n')
})

it('/etc/sysctl.conf is read through its link in sysctl.d, files beside it not', async () => {
  put(machine, '/etc/sysctl.conf', 'net.ipv4.ip_forward = 1\n')
  await sysctl('10-nothing.conf')
  expect(valueOfKey('net/ipv4/ip_forward')).toBe('0\n')
  await sysctl()
  expect(valueOfKey('net/ipv4/ip_forward')).toBe('1\n')
})
