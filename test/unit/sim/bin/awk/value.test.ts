import { expect, it } from 'vitest'
import { bytesText, inputValue, isTrue, StrNum, textBytes } from '../../../../../sim/bin/awk/value.ts'

it('input that looks like a number is one, with its text', () => {
  expect(inputValue(' 10 ')).toEqual(new StrNum(' 10 ', 10))
  expect(inputValue('10x')).toBe('10x')
})

it('a zero that was read is false, the string is true', () => {
  expect([isTrue(inputValue('0')), isTrue('0')]).toEqual([false, true])
})

it('bytes come back as they were', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
  expect(textBytes(bytesText(bytes))).toEqual(bytes)
})
