import { beforeEach, expect, it } from 'vitest'
import type { Machine } from '../../../../sim/machine.ts'
import { boot, put, run } from '../../../simulated.ts'

const fresh = await boot('debian-12-container')
let machine: Machine

beforeEach(() => {
  machine = fresh.fork()
})

const systemctl = (...words: readonly string[]) => run(machine, ['systemctl', ...words])

it('an arrow is drawn where the locale has one', async () => {
  await systemctl('disable', 'containerd')
  const { stderr } = await run(machine, ['systemctl', 'enable', 'containerd'], { env: { LC_ALL: 'C.UTF-8' } })
  expect(stderr).toContain('.service → /lib')
  expect((await systemctl('mask', 'dbus')).stderr).toContain('.service -> /dev/null')
})

it('a file that is newer than what was read is warned of, but not with --quiet', async () => {
  put(machine, '/etc/systemd/system/s.service', '[Service]\nExecStart=/bin/sleep 1000\n')
  await systemctl('start', 's')
  await machine.sleep(2e9)
  put(machine, '/etc/systemd/system/s.service', '[Service]\nExecStart=/bin/sleep 2000\n')
  expect((await systemctl('try-restart', 's')).stderr).toMatch(
    /^Warning: The unit file, .* of s\.service changed on disk\./,
  )
  expect((await systemctl('--quiet', 'try-restart', 's')).stderr).toBe('')
})
