import { expect, test } from 'vitest'
import { displayWidth, fitted, truncated } from '../../../../src/cli/display-width.ts'

test.each([
  ['host', 4, 'host'],
  ['host-1', 4, 'hos…'],
  ['日本語', 6, '日本語'],
  ['日本語', 5, '日本…'],
  ['日本語', 4, '日…'],
  ['👩‍👩‍👧x', 2, '…'],
  ['e\u0301e\u0301', 1, '…'],
  ['e\u0301e\u0301', 2, 'e\u0301e\u0301'],
  ['x', 0, ''],
])('%j in %d columns is %j', (text, columns, expected) => {
  expect(truncated(text, columns)).toBe(expected)
  expect(displayWidth(truncated(text, columns))).toBeLessThanOrEqual(columns)
  expect(displayWidth(fitted(text, columns))).toBe(columns)
})
