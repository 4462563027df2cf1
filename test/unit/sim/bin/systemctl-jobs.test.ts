import { beforeEach, expect, it } from 'vitest'
import type { Machine } from '../../../../sim/machine.ts'
import { boot, put, run } from '../../../simulated.ts'

const fresh = await boot('debian-12-container')
let machine: Machine

beforeEach(() => {
  machine = fresh.fork()
})

const systemctl = (...words: readonly string[]) => run(machine, ['systemctl', ...words])

it('of several units those that are there are started, and the status is that of the others', async () => {
  put(machine, '/etc/systemd/system/s.service', '[Service]\nExecStart=/bin/sleep 1000\n')
  expect(await systemctl('start', 'nothere', 's')).toEqual({
    exitCode: 5,
    stdout: '',
    stderr: 'Failed to start nothere.service: Unit nothere.service not found.\n',
  })
  expect((await systemctl('is-active', 's')).stdout).toBe('active\n')
})

it('a unit whose requirement fails fails with it', async () => {
  put(machine, '/etc/systemd/system/bad.service', '[Service]\nType=oneshot\nExecStart=/bin/false\n')
  put(
    machine,
    '/etc/systemd/system/needs.service',
    '[Unit]\nRequires=bad.service\nAfter=bad.service\n[Service]\nExecStart=/bin/sleep 1000\n',
  )
  expect(await systemctl('start', 'needs')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: "A dependency job for needs.service failed. See 'journalctl -xe' for details.\n",
  })
})

it('--no-block does not wait for what it asked for', async () => {
  put(machine, '/etc/systemd/system/slow.service', '[Service]\nType=oneshot\nExecStart=/bin/sleep 5\n')
  expect((await systemctl('start', '--no-block', 'slow')).exitCode).toBe(0)
  expect((await systemctl('is-active', 'slow')).stdout).toBe('activating\n')
})

it('a service without ExecReload= cannot be reloaded', async () => {
  expect(await systemctl('reload', 'containerd')).toMatchObject({
    exitCode: 3,
    stderr:
      'Failed to reload containerd.service: Job type reload is not applicable for unit containerd.service.\n',
  })
})
