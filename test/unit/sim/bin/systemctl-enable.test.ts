import { beforeEach, expect, it } from 'vitest'
import type { Machine } from '../../../../sim/machine.ts'
import { boot, put, run } from '../../../simulated.ts'

const fresh = await boot('debian-12-container')
let machine: Machine

beforeEach(() => {
  machine = fresh.fork()
})

const systemctl = (...words: readonly string[]) => run(machine, ['systemctl', ...words])

it('--runtime masks until the next boot', async () => {
  expect((await systemctl('mask', '--runtime', 'containerd')).stderr).toBe(
    'Created symlink /run/systemd/system/containerd.service -> /dev/null.\n',
  )
  expect((await systemctl('is-enabled', 'containerd')).stdout).toBe('masked-runtime\n')
})

it('a file of its own is not replaced by a mask', async () => {
  put(machine, '/etc/systemd/system/own.service', '[Service]\nExecStart=/bin/true\n')
  expect(await systemctl('mask', 'own')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'Failed to mask unit: File /etc/systemd/system/own.service already exists.\n',
  })
})

it('a unit without [Install] is enabled by nothing, and is told so', async () => {
  put(machine, '/etc/systemd/system/own.service', '[Service]\nExecStart=/bin/true\n')
  const { exitCode, stderr } = await systemctl('enable', 'own')
  expect(exitCode).toBe(0)
  expect(stderr).toMatch(/^The unit files have no installation config/)
})

it('--now starts what is enabled and stops what is disabled', async () => {
  await systemctl('disable', '--now', 'containerd')
  expect((await systemctl('is-active', 'containerd')).stdout).toBe('inactive\n')
  await systemctl('enable', '--now', 'containerd')
  expect((await systemctl('is-active', 'containerd')).stdout).toBe('active\n')
})
