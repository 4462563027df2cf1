import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('uniq -c counts neighbours', async () => {
  expect(await out("printf 'a\\na\\nb\\n' | uniq -c")).toBe('      2 a\n      1 b\n')
})
