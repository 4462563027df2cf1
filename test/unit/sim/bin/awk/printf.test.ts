import { expect, it } from 'vitest'
import { formatAwk } from '../../../../../sim/bin/awk/printf.ts'
import type { MawkRelease } from '../../../../../sim/bin/awk/release.ts'

const release = (hasLongIntegers: boolean): MawkRelease => ({
  hasIntervals: false,
  hasLongIntegers,
  isKeepingBackslashes: false,
  hasSignedInfinity: false,
  isDecimalOnly: false,
  isQuotingNames: false,
})

const format = (text: string, value: number | string, hasLongIntegers = false): string =>
  formatAwk(text, [value], { who: 'printf', release: release(hasLongIntegers), text: String })

it('printf %d takes the number at the front of a string', () => {
  expect(format('%d', '12abc')).toBe('12')
})

it('printf %d stops at 32 bits in mawk 1.3.4.20200120, and not in later ones', () => {
  expect(format('%d', 2 ** 40)).toBe('2147483647')
  expect(format('%d', 2 ** 40, true)).toBe('1099511627776')
})

it('%g rounds what lies in the middle to the even digit', () => {
  expect(format('%.6g', 100000.5)).toBe('100000')
})
