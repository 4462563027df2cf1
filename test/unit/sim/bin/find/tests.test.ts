import { expect, it } from 'vitest'
import { Unsimulated } from '../../../../../src/host/host.ts'
import { out, sh } from '../../bare-machine.ts'

it('sizes are rounded up to the unit', async () => {
  expect(await out('head -c 513 /dev/zero > f; find f -size 2; find f -size 1k; find f -size 513c')).toBe(
    'f\nf\nf\n',
  )
})

it('which of two files of one second is newer is not simulated', async () => {
  await expect(sh('touch a b; find a -newer b')).rejects.toThrow(Unsimulated)
})
