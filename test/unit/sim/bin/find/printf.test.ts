import { expect, it } from 'vitest'
import { out } from '../../bare-machine.ts'

it('-printf tells mode, size and name', async () => {
  expect(await out("echo hi > f; chmod 4755 f; find f -printf '%M %m %s %f\\n'")).toBe(
    '-rwsr-xr-x 4755 3 f\n',
  )
})
