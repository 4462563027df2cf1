import fc from 'fast-check'
import { expect, it } from 'vitest'
import { utcMoment } from '../../../../sim/formats/moment.ts'

it('every second has the date that the proleptic Gregorian calendar gives it', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), seconds => {
      const date = new Date(seconds * 1000)
      const { year, month, day, clock } = utcMoment(seconds)
      expect([year, month, day, clock]).toEqual([
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        date.getUTCDate(),
        date.toISOString().slice(11, 19),
      ])
    }),
  )
})

it('a day of the week and a month have their English short names', () => {
  expect(utcMoment(0)).toMatchObject({ weekday: 'Thu', monthName: 'Jan' })
  expect(utcMoment(1_795_397_406)).toMatchObject({ weekday: 'Mon', monthName: 'Nov', day: 23 })
})
