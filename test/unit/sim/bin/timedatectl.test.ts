import { expect, it } from 'vitest'
import { Unsimulated } from '../../../../src/host/host.ts'
import { boot, run } from '../../../simulated.ts'

const vm = await boot('debian-12')

it('timedatectl set-timezone links /etc/localtime to the zone', async () => {
  const machine = vm.fork()
  expect((await run(machine, ['timedatectl', 'set-timezone', 'UTC'])).exitCode).toBe(0)
  expect((await run(machine, ['readlink', '/etc/localtime'])).stdout).toBe('../usr/share/zoneinfo/UTC\n')
  expect((await run(machine, ['timedatectl', 'show', '-p', 'Timezone'])).stdout).toBe('Timezone=UTC\n')
})

it('a zone that is not installed is refused', async () => {
  const { exitCode, stderr } = await run(vm.fork(), ['timedatectl', 'set-timezone', 'Nowhere'])
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: "Failed to set time zone: Invalid or not installed time zone 'Nowhere'\n",
  })
})

it('a zone whose clock is not that of UTC is not simulated', async () => {
  await expect(run(vm.fork(), ['timedatectl', 'set-timezone', 'Europe/Berlin'])).rejects.toThrow(Unsimulated)
})

it('set-ntp enables and disables systemd-timesyncd', async () => {
  const machine = vm.fork()
  const isEnabled = async () => (await run(machine, ['systemctl', 'is-enabled', 'systemd-timesyncd'])).stdout
  await run(machine, ['timedatectl', 'set-ntp', 'false'])
  expect(await isEnabled()).toBe('disabled\n')
  await run(machine, ['timedatectl', 'set-ntp', 'true'])
  expect(await isEnabled()).toBe('enabled\n')
})
