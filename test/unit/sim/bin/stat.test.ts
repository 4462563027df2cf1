import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('stat of a symlink is about the link, with -L about its target', async () => {
  expect(await out('ln -s /etc l; stat -c %F l; stat -L -c %F l')).toBe('symbolic link\ndirectory\n')
})
