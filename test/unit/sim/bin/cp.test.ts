import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('cp -a keeps a symlink, the mode and the time', async () => {
  expect(
    await out(
      "touch -d @5 f; chmod 640 f; ln -s f l; cp -a f l d 2>/dev/null; mkdir d; cp -a f l d; stat -c '%a %Y' d/f; readlink d/l",
    ),
  ).toBe('640 5\nf\n')
})
