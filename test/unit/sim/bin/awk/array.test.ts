import { expect, it } from 'vitest'
import { AwkArray } from '../../../../../sim/bin/awk/array.ts'
import type { Value } from '../../../../../sim/bin/awk/value.ts'

const text = (value: Value): string => String(value)

it('an array of mawk gives its names in the order of its table, whatever the order they came in', () => {
  const forth = new AwkArray()
  for (const name of ['three', 'ten', 'nine']) forth.set(name, text, 1)
  const back = new AwkArray()
  for (const name of ['nine', 'ten', 'three']) back.set(name, text, 1)
  expect(forth.keys()).toEqual(back.keys())
})

it('a number and its text are one element', () => {
  const array = new AwkArray()
  array.set(1, text, 'one')
  expect([array.get('1', text), array.size]).toEqual(['one', 1])
})

it('a table that doubles keeps all elements', () => {
  const array = new AwkArray()
  for (let index = 0; index < 2000; index++) array.set(`k${index}`, text, index)
  expect(new Set(array.keys()).size).toBe(2000)
  expect(array.get('k1999', text)).toBe(1999)
})
