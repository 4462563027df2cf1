import { expect, it } from 'vitest'
import { regexOf, replacement, splitText } from '../../../../../sim/bin/awk/regex.ts'

it('a brace counts in a regular expression of later releases of mawk alone', () => {
  expect(regexOf('^a{2}$', true).test('aa')).toBe(true)
  expect(regexOf('^a{2}$', false).test('a{2}')).toBe(true)
})

it('a text falls apart between matches that are not empty', () => {
  expect(splitText('a1b22c', '[0-9]+', false)).toEqual(['a', 'b', 'c'])
})

it('an ampersand in a replacement is the match, unless a backslash is in front of it', () => {
  expect(replacement('[&\\&]', 'x', false)).toBe('[x&]')
})
