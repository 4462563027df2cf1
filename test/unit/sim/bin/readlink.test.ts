import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('readlink -f allows the last name to be missing', async () => {
  expect(await out('readlink -f /etc/nosuch')).toBe('/etc/nosuch\n')
})
