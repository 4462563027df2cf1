import { expect, it } from 'vitest'
import { closest } from '../../../../sim/formats/closest.ts'

const VERBS = ['list-units', 'status', 'start', 'stop', 'show']

it.each([
  ['sta', 'start'],
  ['stats', 'status'],
  ['sotp', 'stop'],
  ['shwo', 'show'],
  ['bogus', 'status'],
])('%s resembles %s', (word, meant) => {
  expect(closest(VERBS, word)).toBe(meant)
})

it('a word that resembles nothing is left alone', () => {
  expect(closest(VERBS, 'daemon-reexecute')).toBeUndefined()
})
