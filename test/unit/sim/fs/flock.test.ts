import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('a lock goes with the last descriptor of its description', async () => {
  expect(
    await out(
      'exec 9>l; flock 9; exec 8>&9 9>&-; flock -n l true || echo held; exec 8>&-; flock -n l echo free',
    ),
  ).toBe('held\nfree\n')
})
