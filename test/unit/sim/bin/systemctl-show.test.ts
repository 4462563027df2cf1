import { beforeEach, expect, it } from 'vitest'
import type { Machine } from '../../../../sim/machine.ts'
import { boot, put, run } from '../../../simulated.ts'

const fresh = await boot('debian-12-container')
let machine: Machine

beforeEach(() => {
  machine = fresh.fork()
})

const systemctl = (...words: readonly string[]) => run(machine, ['systemctl', ...words])

it('properties come in an order of their own, with --value without their names', async () => {
  const asked = ['-p', 'ActiveState,Id', '-p', 'LoadState', 'containerd']
  expect((await systemctl('show', ...asked)).stdout).toBe(
    'Id=containerd.service\nLoadState=loaded\nActiveState=active\n',
  )
  expect((await systemctl('show', '--value', ...asked)).stdout).toBe('containerd.service\nloaded\nactive\n')
})

it('cat shows a file and its drop-ins, each under its path', async () => {
  put(machine, '/etc/systemd/system/s.service', '[Service]\nExecStart=/bin/sleep 1000\n')
  put(machine, '/etc/systemd/system/s.service.d/10.conf', '[Service]\nNice=5\n')
  expect((await systemctl('cat', 's')).stdout).toBe(
    '# /etc/systemd/system/s.service\n[Service]\nExecStart=/bin/sleep 1000\n\n' +
      '# /etc/systemd/system/s.service.d/10.conf\n[Service]\nNice=5\n',
  )
})

it('cat of what is not there fails', async () => {
  expect(await systemctl('cat', 'nothere')).toMatchObject({
    exitCode: 1,
    stderr: 'No files found for nothere.service.\n',
  })
})
