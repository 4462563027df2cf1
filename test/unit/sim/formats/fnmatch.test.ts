import { expect, it } from 'vitest'
import { fnmatch } from '../../../../sim/formats/fnmatch.ts'

it.each([
  ['*.service', 'a.service', true],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['pci:v*d[!0]*', 'pci:v1d2', true],
  ['pci:v*d[!0]*', 'pci:v1d0', false],
  ['a.b', 'axb', false],
  ['(a)+', '(a)+', true],
])('%s matches %s: %s', (pattern, text, isMatch) => {
  expect(fnmatch(pattern, text)).toBe(isMatch)
})
