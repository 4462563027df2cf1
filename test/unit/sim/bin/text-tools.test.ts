import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('sed -i edits in place', async () => {
  expect(await out("echo 'SystemdCgroup = false' > f; sed -i 's/false/true/' f; cat f")).toBe(
    'SystemdCgroup = true\n',
  )
})
