import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('whoami is root', async () => {
  expect(await out('whoami')).toBe('root\n')
})
