import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('id names root', async () => {
  expect(await out('id')).toBe('uid=0(root) gid=0(root) groups=0(root)\n')
})
