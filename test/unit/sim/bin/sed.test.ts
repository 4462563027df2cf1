import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('sed -i breaks a hard link', async () => {
  expect(await out('echo a > f; ln f g; sed -i s/a/b/ f; cat f g')).toBe('b\na\n')
})
