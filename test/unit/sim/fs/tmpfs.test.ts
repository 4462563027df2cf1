import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('a tmpfs shows its options as the kernel does', async () => {
  expect(await out('mount -t tmpfs -o size=1m,mode=750 x /mnt; grep /mnt /proc/mounts')).toBe(
    'x /mnt tmpfs rw,relatime,size=1024k,mode=750 0 0\n',
  )
})
