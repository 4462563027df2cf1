import { expect, it } from 'vitest'
import { boot, put, run } from '../../../simulated.ts'

const machine = await boot('debian-12-container')

it('deb-systemd-invoke starts what is enabled and not what is disabled', async () => {
  const copy = machine.fork()
  await run(copy, ['systemctl', 'stop', 'containerd.service'])
  await run(copy, ['deb-systemd-invoke', 'start', 'containerd.service'])
  expect((await run(copy, ['systemctl', 'is-active', 'containerd'])).stdout).toBe('active\n')
  await run(copy, ['systemctl', 'disable', '--now', 'containerd.service'])
  expect(await run(copy, ['deb-systemd-invoke', 'start', 'containerd.service'])).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'containerd.service is a disabled or a static unit, not starting it.\n',
  })
})

it('deb-systemd-invoke asks policy-rc.d', async () => {
  const copy = machine.fork()
  put(copy, '/usr/sbin/policy-rc.d', '#!/bin/sh\nexit 101\n', 0o755)
  expect(await run(copy, ['deb-systemd-invoke', 'stop', 'containerd.service'])).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: "/usr/sbin/policy-rc.d returned 101, not running 'stop containerd.service'\n",
  })
  expect((await run(copy, ['systemctl', 'is-active', 'containerd'])).stdout).toBe('active\n')
})
