import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('dirname of a bare name is the working directory', async () => {
  expect(await out('dirname a; dirname /a')).toBe('.\n/\n')
})
