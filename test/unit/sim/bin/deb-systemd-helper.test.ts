import { expect, it } from 'vitest'
import { boot, put, run, text } from '../../../simulated.ts'

const machine = await boot('debian-12-container')
const env = { DPKG_MAINTSCRIPT_PACKAGE: 'x' }
const UNIT = '[Service]\nExecStart=/bin/true\n\n[Install]\nWantedBy=multi-user.target\n'
const LINK = '/etc/systemd/system/multi-user.target.wants/x.service'
const STATE = '/var/lib/systemd/deb-systemd-helper-enabled'

it('deb-systemd-helper enables a new unit as the presets say, and remembers its links', async () => {
  const copy = machine.fork()
  put(copy, '/usr/lib/systemd/system/x.service', UNIT)
  const helper = (...words: readonly string[]) => run(copy, ['deb-systemd-helper', ...words], { env })
  expect((await helper('enable', 'x.service')).exitCode).toBe(0)
  expect((await run(copy, ['readlink', LINK])).stdout).toMatch(/\/lib\/systemd\/system\/x\.service\n$/)
  expect(text(copy, `${STATE}/x.service.dsh-also`)).toBe(`${LINK}\n`)
  expect((await helper('--quiet', 'was-enabled', 'x.service')).exitCode).toBe(0)
  await run(copy, ['systemctl', 'disable', 'x.service'])
  expect(await helper('was-enabled', 'x.service')).toMatchObject({ exitCode: 1, stderr: 'disabled\n' })
  await helper('purge', 'x.service')
  expect((await run(copy, ['test', '-e', `${STATE}/x.service.dsh-also`])).exitCode).toBe(1)
})

it('deb-systemd-helper leaves a unit that the administrator masked as it is, and unmasks its own', async () => {
  const copy = machine.fork()
  put(copy, '/usr/lib/systemd/system/x.service', UNIT)
  const isMasked = async () =>
    (await run(copy, ['systemctl', 'is-enabled', 'x.service'])).stdout === 'masked\n'
  await run(copy, ['systemctl', 'mask', 'x.service'])
  await run(copy, ['deb-systemd-helper', 'unmask', 'x.service'], { env })
  expect(await isMasked()).toBe(true)
  await run(copy, ['systemctl', 'unmask', 'x.service'])
  await run(copy, ['deb-systemd-helper', 'mask', 'x.service'], { env })
  expect(await isMasked()).toBe(true)
  await run(copy, ['deb-systemd-helper', 'unmask', 'x.service'], { env })
  expect(await isMasked()).toBe(false)
})

it('deb-systemd-helper is for maintainer scripts', async () => {
  expect((await run(machine.fork(), ['deb-systemd-helper', 'enable', 'x.service'])).exitCode).toBe(1)
})
