import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('touch of a file that is there changes its time alone', async () => {
  expect(await out('echo a > f; touch -d @7 f; stat -c %Y f; cat f')).toBe('7\na\n')
})
