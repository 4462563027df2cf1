import { expect, it } from 'vitest'
import { out, sh } from '../../bare-machine.ts'

it('-prune keeps find out of a directory', async () => {
  expect(await out('mkdir -p t/a t/b; : > t/a/f; : > t/b/f; find t -name a -prune -o -type f -print')).toBe(
    't/b/f\n',
  )
})

it('a predicate that there is not is refused in the words of find', async () => {
  expect(await sh('find . -foo')).toMatchObject({ exitCode: 1, stderr: "find: unknown predicate `-foo'\n" })
})
