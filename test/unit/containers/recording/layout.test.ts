import fc from 'fast-check'
import { expect, test } from 'vitest'
import { layOut } from '../../../../containers/recording/layout.ts'

test('levels above the depth have a line each, those below stand on one', () => {
  expect(layOut({ a: [[1, 2], { b: 3 }], c: [] }, 2)).toBe(
    '{\n "a": [\n  [1,2],\n  {"b":3}\n ],\n "c": []\n}',
  )
})

test('it is JSON of the same value at any depth', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(4), (value, depth) => {
      expect(JSON.parse(layOut(value, depth))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})
