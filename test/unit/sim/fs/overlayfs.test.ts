import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('an overlay copies up what is changed and leaves the lower layer', async () => {
  expect(
    await out(
      'mount -t tmpfs x /mnt; cd /mnt; mkdir l u w o; echo low > l/f; mount -t overlay ov -o lowerdir=l,upperdir=u,workdir=w o; echo up > o/f; cat l/f u/f o/f',
    ),
  ).toBe('low\nup\nup\n')
})
