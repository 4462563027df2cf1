import { expect, it } from 'vitest'
import { relativeTime, timeSpan } from '../../../../sim/bin/systemctl-time.ts'

it('a time span below a minute has a fraction, a longer one has none', () => {
  expect(timeSpan(0)).toBe('0')
  expect(timeSpan(2_500_000, 1e3)).toBe('2.500s')
  expect(timeSpan(184_321, 1e3)).toBe('184ms')
  expect(timeSpan(3_723_000_000, 1e3)).toBe('1h 2min 3s')
})

it('a moment in the past is told the rougher the longer ago it is', () => {
  expect(relativeTime(0)).toBe('now')
  expect(relativeTime(900)).toBe('900us ago')
  expect(relativeTime(43e6)).toBe('43s ago')
  expect(relativeTime(90e6)).toBe('1min 30s ago')
  expect(relativeTime(7 * 60e6 + 30e6)).toBe('7min ago')
  expect(relativeTime(26 * 3600e6)).toBe('1 day 2h ago')
  expect(relativeTime(8 * 86_400e6)).toBe('1 week 1 day ago')
})
