import { beforeEach, expect, it } from 'vitest'
import type { Machine } from '../../../../sim/machine.ts'
import { boot, put, run, text } from '../../../simulated.ts'

const fresh = await boot('debian-12')
let machine: Machine

beforeEach(() => {
  machine = fresh.fork()
})

it('a key has dots or slashes, the first separator tells which', async () => {
  const dotted = await run(machine, ['sysctl', 'net.ipv4.ip_forward'])
  expect(await run(machine, ['sysctl', 'net/ipv4/ip_forward'])).toEqual(dotted)
})

it('a written value is echoed as it was given, and read back as the kernel has it', async () => {
  expect(await run(machine, ['sysctl', 'net.ipv4.ip_forward=0x10'])).toMatchObject({
    stdout: 'net.ipv4.ip_forward = 0x10\n',
  })
  expect(text(machine, '/proc/sys/net/ipv4/ip_forward')).toBe('16\n')
})

it('repeated separators are complained about once', async () => {
  for (const key of ['kernel..ostype', 'kernel//ostype']) {
    const { stderr } = await run(machine, ['sysctl', key])
    expect(stderr).toBe(`sysctl: separators should not be repeated: ${key.slice('kernel'.length)}\n`)
  }
})

it('a glob sets what no line of its own names', async () => {
  put(machine, '/etc/sysctl.conf', 'net.ipv4.conf.*.rp_filter = 2\n-net.ipv4.conf.lo.rp_filter\n')
  const before = text(machine, '/proc/sys/net/ipv4/conf/lo/rp_filter')
  await run(machine, ['sysctl', '-p'])
  expect(text(machine, '/proc/sys/net/ipv4/conf/all/rp_filter')).toBe('2\n')
  expect(text(machine, '/proc/sys/net/ipv4/conf/lo/rp_filter')).toBe(before)
})

it('--system reads a name from the strongest directory alone, and all names in their order', async () => {
  put(machine, '/usr/lib/sysctl.d/90-x.conf', 'vm.swappiness = 1\n')
  put(machine, '/etc/sysctl.d/90-x.conf', 'vm.swappiness = 2\n')
  put(machine, '/run/sysctl.d/91-y.conf', 'vm.panic_on_oom = 1\n')
  const { stdout } = await run(machine, ['sysctl', '--system'])
  expect(text(machine, '/proc/sys/vm/swappiness')).toBe('2\n')
  expect(stdout.indexOf('/etc/sysctl.d/90-x.conf')).toBeLessThan(stdout.indexOf('/run/sysctl.d/91-y.conf'))
  expect(stdout).not.toContain('/usr/lib/sysctl.d/90-x.conf')
})

it('--dry-run shows what it would set and sets nothing', async () => {
  const before = text(machine, '/proc/sys/vm/swappiness')
  await run(machine, ['sysctl', '--dry-run', 'vm.swappiness=33'])
  expect(text(machine, '/proc/sys/vm/swappiness')).toBe(before)
})
