import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('umount gives back what a mount hid', async () => {
  expect(await out('echo under > /mnt/f; mount -t tmpfs x /mnt; ls /mnt; umount /mnt; cat /mnt/f')).toBe(
    'under\n',
  )
})
