import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('yes repeats its words until nobody reads', async () => {
  expect(await out('yes a b | head -n 2')).toBe('a b\na b\n')
})
