import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('xargs -n 1 runs a command for each argument', async () => {
  expect(await out('echo a b | xargs -n 1 echo x')).toBe('x a\nx b\n')
})
