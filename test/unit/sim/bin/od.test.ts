import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('od -An -tx1 shows bytes', async () => {
  expect(await out('printf ab | od -An -tx1')).toBe(' 61 62\n')
})
