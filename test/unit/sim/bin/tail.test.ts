import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('tail -n +2 leaves out the first line', async () => {
  expect(await out('seq 3 | tail -n +2')).toBe('2\n3\n')
})
