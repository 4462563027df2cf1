import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('mountpoint tells by its status', async () => {
  expect(await out('mountpoint -q /proc && echo yes; mountpoint -q /etc || echo no')).toBe('yes\nno\n')
})
