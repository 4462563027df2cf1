import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('head leaves a pipe as soon as it has its lines, which ends the writer', async () => {
  expect(await out('yes | head -n 1')).toBe('y\n')
})
