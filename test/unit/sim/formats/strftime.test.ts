import fc from 'fast-check'
import { expect, it } from 'vitest'
import { daysFromCivil, gmtime, strftime } from '../../../../sim/formats/strftime.ts'

it('every second has the date that the proleptic Gregorian calendar gives it, and back', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), seconds => {
      const date = new Date(seconds * 1000)
      const { year, month, day } = gmtime(seconds)
      expect([year, month, day]).toEqual([date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()])
      expect(strftime('%H:%M:%S', seconds)).toBe(date.toISOString().slice(11, 19))
      expect(daysFromCivil(year, month, day)).toBe(Math.floor(seconds / 86_400))
    }),
  )
})

it('a day of the week and a month have their English short names', () => {
  expect(strftime('%a %b', 0)).toBe('Thu Jan')
  expect(strftime('%a %b %d', 1_795_397_406)).toBe('Mon Nov 23')
})
