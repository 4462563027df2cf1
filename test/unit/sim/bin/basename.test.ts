import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('basename cuts a suffix, but not the whole name', async () => {
  expect(await out('basename /a/b.conf .conf; basename .conf .conf')).toBe('b\n.conf\n')
})
