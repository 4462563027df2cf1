import { expect, test } from 'vitest'
import { fieldOf } from '../../../containers/archive.ts'

test('a field of a stanza is its first line, and nothing where it is not there', () => {
  const stanza = 'Package: a\nDepends: b (>= 1), c\nDescription: one\n Depends: no\n'
  expect(fieldOf(stanza, 'Depends')).toBe('b (>= 1), c')
  expect(fieldOf(stanza, 'Recommends')).toBe('')
})
