import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('uname alone names the kernel', async () => {
  expect(await out('uname; uname -o')).toBe('Linux\nGNU/Linux\n')
})
