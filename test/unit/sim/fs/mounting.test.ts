import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

const sh = async (machine: Awaited<ReturnType<typeof boot>>, script: string): Promise<string> => {
  const { stdout, stderr } = await run(machine, ['sh', '-c', script])
  return stdout + stderr
}

it('mounting an overlay makes the kernel load its module, which then cannot go', async () => {
  const machine = await boot('debian-12')
  expect(await sh(machine, 'rmmod overlay; lsmod | grep -c ^overlay')).toBe('0\n')
  await sh(machine, 'mkdir /l /u /w; mount -t overlay o -o lowerdir=/l,upperdir=/u,workdir=/w /mnt')
  expect(await sh(machine, 'lsmod | grep ^overlay | tr -s " " | cut -d " " -f 1,3')).toBe('overlay 1\n')
  expect(await sh(machine, 'rmmod overlay')).toContain('is in use')
  expect(await sh(machine, 'umount /mnt && rmmod overlay; lsmod | grep -c ^overlay')).toBe('0\n')
})

it('a fork has the mounts, and what it does to them does not show in the other', async () => {
  const machine = await boot('debian-12')
  await sh(machine, 'mount -t tmpfs x /mnt; echo one > /mnt/f')
  const fork = machine.fork()
  expect(await sh(fork, 'cat /mnt/f; echo two > /mnt/f; umount /mnt; ls /mnt')).toBe('one\n')
  expect(await sh(machine, 'cat /mnt/f')).toBe('one\n')
})

it('a reboot leaves the mounts of the image, and the upper directory of an overlay', async () => {
  const machine = await boot('debian-12')
  const table = await sh(machine, 'cat /proc/mounts')
  await sh(
    machine,
    'mkdir /l /u /w; mount -t overlay o -o lowerdir=/l,upperdir=/u,workdir=/w /mnt; echo x > /mnt/f',
  )
  await sh(machine, 'umount -l /run/lock; mount -t tmpfs x /srv; sync')
  const rebooted = await machine.reboot()
  expect(await sh(rebooted, 'cat /proc/mounts')).toBe(table)
  expect(await sh(rebooted, 'cat /u/f; ls /srv')).toBe('x\n')
})
