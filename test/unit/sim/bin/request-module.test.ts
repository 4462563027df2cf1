import { expect, it } from 'vitest'
import { boot, put, run } from '../../../simulated.ts'

it('a module that modprobe.d puts aside is not loaded for a mount either', async () => {
  const machine = await boot('debian-12')
  put(machine, '/etc/modprobe.d/no.conf', 'install overlay /bin/false\n')
  const script = 'rmmod overlay; mkdir /u /w; mount -t overlay o -o lowerdir=/srv,upperdir=/u,workdir=/w /mnt'
  const { exitCode, stderr } = await run(machine, ['sh', '-c', script])
  expect({ exitCode, stderr }).toEqual({
    exitCode: 32,
    stderr:
      "mount: /mnt: unknown filesystem type 'overlay'.\n       dmesg(1) may have more information after failed mount system call.\n",
  })
})
