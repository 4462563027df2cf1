import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('X is for directories and what somebody may execute already', async () => {
  expect(
    await out('touch f; chmod 600 f; chmod a+X f; stat -c %a f; chmod u+x f; chmod a+X f; stat -c %a f'),
  ).toBe('600\n711\n')
})
