import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('seq -w pads', async () => {
  expect(await out('seq -w 9 10')).toBe('09\n10\n')
})
