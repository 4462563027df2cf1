import { expect, test } from 'vitest'
import { boot, run } from '../../simulated.ts'

const script = (text: string): readonly [string, ...string[]] => ['bash', '-c', text]

test('a machine does not differ from itself, nor from its fork', async () => {
  const machine = await boot('debian-12')
  expect(machine.fork().diff(machine)).toEqual({ files: [], sysctl: [], modules: [], units: [], mounts: [] })
})

test('what a script did is what differs: files by content, sysctls, modules with refcounts, units', async () => {
  const before = await boot('debian-12')
  const after = before.fork()
  await run(
    after,
    script('echo new > /etc/new; chmod 0600 /etc/hostname; rm /etc/motd; mv /etc/issue /etc/moved'),
  )
  await run(
    after,
    script('modprobe br_netfilter; sysctl -q net.ipv4.ip_forward=1; systemctl stop containerd'),
  )
  const diff = after.diff(before)
  const files = diff.files.map(({ name, before, after }) => [name, before?.mode, after?.mode])
  expect(files).toContainEqual(['/etc/new', undefined, 0o644])
  expect(files).toContainEqual(['/etc/hostname', 0o644, 0o600])
  expect(files).toContainEqual(['/etc/motd', 0o644, undefined])
  expect(files).toContainEqual(['/etc/issue', 0o644, undefined])
  expect(files).toContainEqual(['/etc/moved', undefined, 0o644])
  expect(files.filter(([name]) => String(name).startsWith('/etc/')).length).toBe(5)
  expect(diff.sysctl).toContainEqual({ name: 'net/ipv4/ip_forward', before: '0', after: '1' })
  expect(diff.modules.find(({ name }) => name === 'bridge')).toEqual({
    name: 'bridge',
    before: undefined,
    after: 1,
  })
  expect(diff.units).toContainEqual({
    name: 'containerd.service',
    before: 'active (running)',
    after: 'inactive (dead)',
  })
})

test('a mount shows with what it hides and what lies on it', async () => {
  const before = await boot('debian-12')
  const after = before.fork()
  await run(after, script('mkdir /mnt/t && mount -t tmpfs none /mnt/t && echo 1 > /mnt/t/f'))
  const diff = after.diff(before)
  expect(diff.mounts.map(({ name }) => name)).toContain('/mnt/t')
  expect(diff.files.map(({ name }) => name)).toContain('/mnt/t/f')
})
