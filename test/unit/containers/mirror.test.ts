import { expect, test } from 'vitest'
import { mirrorLines, ownSuite, parseSources } from '../../../containers/mirror.ts'

const SOURCES = parseSources(
  [
    'http://one.example/debian/ bookworm main',
    'http://one.example/debian/ bookworm contrib',
    'http://one.example/debian/ bookworm-updates main',
    'http://two.example/debian-security/ bookworm-security main',
    'http://three.example/tool/ stable main',
    '',
  ].join('\n'),
)

test('another release comes from the mirrors of this machine’s own', () => {
  expect(mirrorLines(SOURCES, 'bookworm', 'trixie')).toEqual([
    'deb http://one.example/debian/ trixie main',
    'deb http://one.example/debian/ trixie-updates main',
    'deb http://two.example/debian-security/ trixie-security main',
  ])
})

test('a machine without Debian sources has no mirror', () => {
  expect(mirrorLines(SOURCES, 'noble', 'trixie')).toEqual([])
})

test('the suite is VERSION_CODENAME, quoted or not', () => {
  expect(ownSuite('ID=debian\nVERSION_CODENAME=bookworm\n')).toBe('bookworm')
  expect(ownSuite('VERSION_CODENAME="noble"\n')).toBe('noble')
  expect(ownSuite('ID=debian\n')).toBeUndefined()
})
