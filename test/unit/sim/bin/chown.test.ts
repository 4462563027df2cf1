import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('chown USER: takes the login group', async () => {
  expect(await out('touch f; chown daemon: f; stat -c %U:%G f')).toBe('daemon:daemon\n')
})
