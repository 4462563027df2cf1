import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('truncate -s makes a file that long', async () => {
  expect(await out('truncate -s 1K f; stat -c %s f')).toBe('1024\n')
})
