import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('an entry of fstab that is noauto is not for mount -a', async () => {
  expect(
    await out(
      "echo 'tmpfs /srv tmpfs noauto 0 0' > /etc/fstab; mount -a; mountpoint -q /srv || mount /srv; mountpoint /srv",
    ),
  ).toBe('/srv is a mountpoint\n')
})
