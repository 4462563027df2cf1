import { expect, it } from 'vitest'
import { nameOf } from '../../../../../sim/bin/find/entry.ts'

it('a name has no slashes behind it', () => {
  expect(['a/b', 'a/', '/', './x//'].map(nameOf)).toEqual(['b', 'a', '/', 'x'])
})
