import { beforeEach, describe, expect, it } from 'vitest'
import type { Machine } from '../../../../sim/machine.ts'
import { Unsimulated } from '../../../../src/host/host.ts'
import { boot, put, run, type Said } from '../../../simulated.ts'

const fresh = await boot('debian-12-container')
const LINK = '/etc/systemd/system/multi-user.target.wants/a.service'
let machine: Machine

beforeEach(() => {
  machine = fresh.fork()
  put(
    machine,
    '/etc/systemd/system/a.service',
    '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n',
  )
})

const systemctl = (...words: readonly string[]): Promise<Said> => run(machine, ['systemctl', ...words])
const unit = (name: string, text: string): void => put(machine, `/etc/systemd/system/${name}.service`, text)

describe('systemctl', () => {
  it('start of a oneshot that remains leaves it active, stop makes it inactive', async () => {
    expect(await systemctl('start', 'a')).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    expect(await systemctl('is-active', 'a')).toEqual({ exitCode: 0, stdout: 'active\n', stderr: '' })
    expect(await systemctl('stop', 'a')).toMatchObject({ exitCode: 0 })
    expect(await systemctl('is-active', 'a')).toEqual({ exitCode: 3, stdout: 'inactive\n', stderr: '' })
  })

  it('a unit that is not there cannot be started, with exit status 5', async () => {
    expect(await systemctl('start', 'nothere')).toEqual({
      exitCode: 5,
      stdout: '',
      stderr: 'Failed to start nothere.service: Unit nothere.service not found.\n',
    })
  })

  it('a start that fails says where to read on, and the system is degraded until it is reset', async () => {
    unit('bad', '[Service]\nType=oneshot\nExecStart=/bin/false\n')
    expect(await systemctl('start', 'bad')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'Job for bad.service failed because the control process exited with error code.\n' +
        'See "systemctl status bad.service" and "journalctl -xeu bad.service" for details.\n',
    })
    expect(await systemctl('is-system-running')).toMatchObject({ exitCode: 1, stdout: 'degraded\n' })
    await systemctl('reset-failed', 'bad')
    expect(await systemctl('is-system-running')).toMatchObject({ exitCode: 0, stdout: 'running\n' })
  })

  it('enable makes the link that [Install] asks for, disable takes it away', async () => {
    expect(await systemctl('enable', 'a')).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: `Created symlink ${LINK} -> /etc/systemd/system/a.service.\n`,
    })
    expect(await systemctl('is-enabled', 'a')).toMatchObject({ exitCode: 0, stdout: 'enabled\n' })
    expect(await systemctl('enable', 'a')).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    expect(await systemctl('disable', 'a')).toMatchObject({ stderr: `Removed "${LINK}".\n` })
    expect(await systemctl('is-enabled', 'a')).toMatchObject({ exitCode: 1, stdout: 'disabled\n' })
  })

  it('what is enabled comes up at the next boot', async () => {
    await systemctl('enable', 'a')
    machine = await machine.reboot()
    expect(await systemctl('is-active', 'a')).toMatchObject({ stdout: 'active\n' })
  })

  it('a masked unit cannot be started', async () => {
    put(machine, '/usr/lib/systemd/system/b.service', '[Service]\nExecStart=/bin/sleep 1000\n')
    await systemctl('mask', 'b')
    expect(await systemctl('start', 'b')).toMatchObject({
      exitCode: 1,
      stderr: 'Failed to start b.service: Unit b.service is masked.\n',
    })
    await systemctl('unmask', 'b')
    expect(await systemctl('start', 'b')).toMatchObject({ exitCode: 0 })
  })

  it('a service that is restarted has another main process', async () => {
    unit('s', '[Service]\nExecStart=/bin/sleep 1000\n')
    await systemctl('start', 's')
    const { stdout: before } = await systemctl('show', '-p', 'MainPID', '--value', 's')
    await systemctl('restart', 's')
    const { stdout: after } = await systemctl('show', '-p', 'MainPID', '--value', 's')
    expect(Number(after)).toBeGreaterThan(Number(before))
  })

  it('a unit whose file changed is run as it was read until daemon-reload', async () => {
    unit('s', '[Service]\nExecStart=/bin/sleep 1000\n')
    await systemctl('start', 's')
    await machine.sleep(2e9)
    unit('s', '[Service]\nExecStart=/bin/sleep 2000\n')
    const { stderr } = await systemctl('restart', 's')
    expect(stderr).toContain("Run 'systemctl daemon-reload' to reload units.")
    expect((await systemctl('status', 's')).stdout).toContain('/bin/sleep 1000')
    await systemctl('daemon-reload')
    await systemctl('restart', 's')
    expect((await systemctl('status', 's')).stdout).toContain('/bin/sleep 2000')
  })

  it('a verb that it does not have is refused', async () => {
    expect(await systemctl('bogus')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'Unknown command verb bogus.\n',
    })
  })
})

it('runlevel, which is a link to systemctl, is not taken for a listing', async () => {
  await expect(run(await boot('debian-12'), ['runlevel'])).rejects.toThrow(Unsimulated)
})
