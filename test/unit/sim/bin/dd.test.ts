import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('dd conv=notrunc leaves the rest of a file', async () => {
  expect(await out('printf abcd > f; printf X | dd of=f bs=1 seek=1 conv=notrunc status=none; cat f')).toBe(
    'aXcd',
  )
})
