import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('mv replaces a file, and keeps the inode', async () => {
  expect(
    await out(
      'echo a > a; echo b > b; i=$(stat -c %i a); mv a b; cat b; [ $(stat -c %i b) = $i ] && echo kept',
    ),
  ).toBe('a\nkept\n')
})
