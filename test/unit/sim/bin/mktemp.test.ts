import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('mktemp makes files that nobody else can read, with other names each time', async () => {
  expect(await out('a=$(mktemp); b=$(mktemp); stat -c %a $a; [ $a != $b ] && echo other')).toBe(
    '600\nother\n',
  )
})
