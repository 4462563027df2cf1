import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('wc -l counts newlines', async () => {
  expect(await out("printf 'a\\nb' | wc -l")).toBe('1\n')
})
