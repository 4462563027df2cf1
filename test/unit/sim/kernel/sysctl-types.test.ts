import { expect, it } from 'vitest'
import { recordedRule } from '../../../../sim/kernel/sysctl-types.ts'

const errno = (name: string) => expect.objectContaining({ errno: name })

it('an int that was recorded has its bounds, and EINVAL beyond them', () => {
  const rule = recordedRule('int 1 127')
  expect(['1', '127', ' 0x10 \n'].map(text => rule.parse(text, '6'))).toEqual(['1', '127', '16'])
  for (const text of ['0', '128', 'x', '']) expect(() => rule.parse(text, '6')).toThrow(errno('EINVAL'))
})

it('a number beyond a bound is what the recording says that it is', () => {
  const rule = recordedRule('int 0 10 below=kept above=ERANGE')
  expect(rule.parse('-1', '6')).toBe('6')
  expect(() => rule.parse('11', '6')).toThrow(errno('ERANGE'))
})

it('a vector keeps what is not written, in the separator that it is read with', () => {
  const rule = recordedRule('vector tab 1:9,2:8,3:7')
  expect([rule.parse('4', '1\t2\t3'), rule.parse('4 5 6 7\n', '1\t2\t3')]).toEqual(['4\t2\t3', '4\t5\t6'])
  expect(() => rule.parse('4 9', '1\t2\t3')).toThrow(errno('EINVAL'))
  expect(() => recordedRule('vector tab 1:9,1:9 partial=EINVAL').parse('4', '1\t2')).toThrow(errno('EINVAL'))
})

it('a string is cut to its length, at the first line end', () => {
  expect(recordedRule('string 3').parse('abcdef\n', '')).toBe('abc')
  expect(recordedRule('string 3').parse('a\nb', '')).toBe('a')
})

it('words that no recorder writes are a bug', () => {
  expect(() => recordedRule('float 1')).toThrow(RangeError)
  expect(() => recordedRule('int 0 1 above=EWHATEVER').parse('2', '0')).toThrow(RangeError)
})
