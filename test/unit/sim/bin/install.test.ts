import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('install -D makes the directories, with mode 755 whatever -m says', async () => {
  expect(await out('umask 077; touch f; install -D -m 600 f a/b/c; stat -c %a a a/b a/b/c')).toBe(
    '755\n755\n600\n',
  )
})
