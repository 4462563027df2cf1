import { expect, test } from 'vitest'
import { boot } from '../../src/test.ts'

test('a sysctl that our script sets is there, and a fork of the machine knows nothing of it', async () => {
  const machine = await boot('debian-12')
  const untouched = machine.fork()

  const { exitCode, stdout } = await machine.run(`
    cat >/etc/sysctl.d/k8s.conf <<<'net.ipv4.ip_forward = 1'
    sysctl -p /etc/sysctl.d/k8s.conf
  `)
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'net.ipv4.ip_forward = 1\n' })

  const { files, sysctl } = machine.diff(untouched)
  expect(files.map(({ name }) => name)).toContain('/etc/sysctl.d/k8s.conf')
  expect(sysctl).toContainEqual({ name: 'net/ipv4/ip_forward', before: '0', after: '1' })

  const rebooted = await machine.reboot()
  expect(rebooted.diff(untouched).sysctl).toEqual(sysctl)
})
