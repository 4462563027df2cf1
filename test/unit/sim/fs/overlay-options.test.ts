import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('an overlay without lowerdir is refused', async () => {
  expect(await out('mount -t overlay o -o upperdir=/srv,workdir=/opt /mnt 2> /dev/null || echo $?')).toBe(
    '32\n',
  )
})
