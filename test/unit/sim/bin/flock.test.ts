import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('flock -n fails while another description holds the lock', async () => {
  expect(await out('exec 9>l; flock 9; flock -n l true || echo held; exec 9>&-; flock -n l echo free')).toBe(
    'held\nfree\n',
  )
})
