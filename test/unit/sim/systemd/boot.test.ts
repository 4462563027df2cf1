import { expect, it } from 'vitest'
import type { Machine } from '../../../../sim/machine.ts'
import { boot, imageOf, put, run } from '../../../simulated.ts'

const container = await boot('debian-12-container')
const vm = await boot('debian-12')

const stateOf = async (machine: Machine, unit: string): Promise<string> =>
  (await run(machine, ['systemctl', 'is-active', unit])).stdout.trim()

it.each(['debian-12', 'debian-12-container'])(
  '%s boots to the states that were recorded of its units',
  name => {
    const { units } = imageOf(name)
    const { systemd } = (name === 'debian-12' ? vm : container).bus
    const isOfKind = (id: string): boolean => /\.(?:service|target|socket|mount|slice|timer|path)$/.test(id)
    const expected = units.filter(({ id, activeState }) => isOfKind(id) && activeState === 'active')
    const states = expected.map(({ id }) => `${id} ${systemd.properties(id).ActiveState}`)
    expect(states).toEqual(expected.map(({ id }) => `${id} active`))
  },
)

it('a machine that has booted has no job left and nothing failed', () => {
  for (const machine of [container, vm]) expect(machine.bus.systemd.systemState()).toBe('running')
})

it('modules are loaded before sysctls are set, so that a key of a module takes its value at boot', async () => {
  const machine = vm.fork()
  put(machine, '/etc/modules-load.d/k8s.conf', 'br_netfilter\n')
  put(machine, '/etc/sysctl.d/k8s.conf', 'net.bridge.bridge-nf-call-iptables = 0\n')
  const after = await machine.reboot()
  const { stdout } = await run(after, ['sysctl', '-n', 'net.bridge.bridge-nf-call-iptables'])
  expect(stdout).toBe('0\n')
})

it('a service that was enabled is started at the next boot, and one that was disabled is not', async () => {
  const machine = vm.fork()
  put(
    machine,
    '/etc/systemd/system/own.service',
    '[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n',
  )
  await run(machine, ['systemctl', 'enable', 'own'])
  await run(machine, ['systemctl', 'disable', 'containerd'])
  const after = await machine.reboot()
  expect(await stateOf(after, 'own')).toBe('active')
  expect(await stateOf(after, 'containerd')).toBe('inactive')
})

it('a masked unit stays down at boot', async () => {
  const machine = vm.fork()
  await run(machine, ['systemctl', 'mask', 'systemd-sysctl', 'containerd'])
  const after = await machine.reboot()
  expect(await stateOf(after, 'systemd-sysctl')).toBe('inactive')
  expect(await stateOf(after, 'containerd')).toBe('inactive')
})

it('a service that fails at boot leaves the system degraded, and the others running', async () => {
  const machine = vm.fork()
  put(
    machine,
    '/etc/systemd/system/bad.service',
    '[Service]\nType=oneshot\nExecStart=/bin/false\n[Install]\nWantedBy=multi-user.target\n',
  )
  await run(machine, ['systemctl', 'enable', 'bad'])
  const after = await machine.reboot()
  expect(after.bus.systemd.systemState()).toBe('degraded')
  expect(await stateOf(after, 'containerd')).toBe('active')
})

it('a oneshot of early boot that failed stays so, whatever is started later', async () => {
  const machine = vm.fork()
  put(machine, '/etc/sysctl.d/bad.conf', 'net.ipv4.ip_forward = abc\n')
  const after = await machine.reboot()
  expect(await stateOf(after, 'systemd-sysctl')).toBe('failed')
  put(after, '/etc/sysctl.d/bad.conf', 'net.ipv4.ip_forward = 1\n')
  await run(after, ['systemctl', 'restart', 'containerd'])
  expect(await stateOf(after, 'systemd-sysctl')).toBe('failed')
})
