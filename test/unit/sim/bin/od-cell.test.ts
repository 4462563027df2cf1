import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('od -c escapes what cannot be seen', async () => {
  expect(await out("printf 'a\\n' | od -An -c")).toBe('   a  \\n\n')
})
