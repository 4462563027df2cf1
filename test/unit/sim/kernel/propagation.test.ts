import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

it('what is mounted on a shared mount is seen on its peers, and goes there too', async () => {
  const machine = await boot('debian-12')
  const sh = async (script: string): Promise<string> => (await run(machine, ['sh', '-c', script])).stdout
  await sh('mkdir -p /srv/a/sub /srv/b && mount --bind /srv/a /srv/b && mount -t tmpfs inner /srv/b/sub')
  expect(await sh('findmnt -n -o SOURCE,PROPAGATION /srv/a/sub')).toBe('inner  shared\n')
  await sh('umount /srv/a/sub')
  expect(await sh('findmnt -n /srv/b/sub')).toBe('')
})

it('a slave follows its master and not the other way round', async () => {
  const machine = await boot('debian-12')
  const sh = async (script: string): Promise<string> => (await run(machine, ['sh', '-c', script])).stdout
  await sh('mkdir -p /srv/a/one /srv/a/two /srv/b && mount --bind /srv/a /srv/b && mount --make-slave /srv/b')
  await sh('mount -t tmpfs down /srv/a/one && mount -t tmpfs up /srv/b/two')
  expect(await sh('findmnt -n -o SOURCE /srv/b/one; findmnt -n -o SOURCE /srv/a/two')).toBe('down\n')
})

it('in a container mounts are private', async () => {
  const machine = await boot('debian-12-container')
  expect((await run(machine, ['findmnt', '-n', '-o', 'PROPAGATION', '/'])).stdout).toBe('private\n')
})
