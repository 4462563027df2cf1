import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('/usr/bin/printf uses its format again', async () => {
  expect(await out("/usr/bin/printf '%s-%s\\n' a b c")).toBe('a-b\nc-\n')
})
