import { expect, test } from 'vitest'
import { apply, DEFAULT_NODE_CONFIG } from '../../src/index.ts'
import { fork, matchers, reboot, runScript, simulatedHost } from '../../src/test.ts'

expect.extend(matchers)

test('a node that the engine made is ready, and still is after a reboot', async () => {
  const host = await simulatedHost('debian-12')
  const report = await apply(host, DEFAULT_NODE_CONFIG)
  expect(report.failures).toEqual([])

  await reboot(host)
  await expect(host).toHaveModule('br_netfilter')
  await expect(host).toHaveSysctl('net.ipv4.ip_forward', 1)
  await expect(host).toHaveActiveUnit('containerd.service')
})

test('our own script forgets forwarding at a reboot', async () => {
  const host = await simulatedHost('debian-12')
  const { exitCode, stdout } = await runScript(host, 'sysctl -w net.ipv4.ip_forward=1')
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'net.ipv4.ip_forward = 1\n' })

  const rebooted = fork(host)
  await reboot(rebooted)
  await expect(rebooted).toHaveSysctl('net.ipv4.ip_forward', 0)
  await expect(host).toHaveSysctl('net.ipv4.ip_forward', 1)
})
