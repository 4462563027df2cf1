import { expect, test } from 'vitest'
import { placeAt } from '../../../../src/config/toml-reading.ts'

const TEXT = `[[a]]
x = 1
[[a.b]]
y = [1,
 2]
[[a]]
x = 2
[[a.b]]
y = 3
[[a.b]]
y = { z = 4 }
`

test.each([
  [['a', '0', 'x'], 2, 5],
  [['a', '1', 'x'], 7, 5],
  [['a', '0', 'b', '0', 'y', '1'], 5, 2],
  [['a', '1', 'b', '0', 'y'], 9, 5],
  [['a', '1', 'b', '1', 'y', 'z'], 11, 11],
  [['a', '1'], 6, 1],
])('%j stands in line %d, column %d', (path, line, column) => {
  expect(placeAt(TEXT, path)).toEqual({ line, column })
})

test('the place of a key is where the key begins', () => {
  expect(placeAt(TEXT, ['a', '1', 'b', '1', 'y', 'z'], 'key')).toEqual({ line: 11, column: 7 })
})
