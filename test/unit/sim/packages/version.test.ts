import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareVersions, compareWords, satisfiesRelation } from '../../../../sim/packages/version.ts'

test.each([
  ['1.0', '1.0', 0],
  ['1.0~rc1', '1.0', -1],
  ['1.0', '1.0-1', -1],
  ['1:0.1', '9.9', 1],
  ['1.10', '1.9', 1],
  ['1.0a', '1.0+', -1],
  ['1.6.20~ds1-1+deb12u3', '1.6.20~ds1-1+deb12u2', 1],
] as const)('%s against %s', (one, other, sign) => {
  expect(Math.sign(compareVersions(one, other))).toBe(sign)
})

test('the order of versions is the same from both sides', () => {
  const version = fc.stringMatching(/^[0-9][0-9a-z.+~]{0,6}(-[0-9a-z.+~]{1,4})?$/)
  fc.assert(
    fc.property(version, version, (one, other) => {
      expect(Math.sign(compareVersions(one, other))).toBe(-Math.sign(compareVersions(other, one)) || 0)
    }),
  )
})

test('relations are those of control files and of dpkg --compare-versions', () => {
  expect(satisfiesRelation('2', '>=', '2')).toBe(true)
  expect(satisfiesRelation('2', 'frob', '2')).toBeUndefined()
  expect(compareWords('', 'lt', '1')).toBe(true)
  expect(compareWords('', 'lt-nl', '1')).toBe(false)
})
