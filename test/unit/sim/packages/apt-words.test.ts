import { expect, test } from 'vitest'
import { durationText, sizeText, wordList } from '../../../../sim/packages/apt-words.ts'

test.each([
  [0, '0 B'],
  [6924, '6924 B'],
  [34770, '34.8 kB'],
  [151075, '151 kB'],
  [8790396, '8790 kB'],
  [15800000, '15.8 MB'],
])('%i bytes are %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text)
})

test('times are seconds, and minutes with seconds', () => {
  expect([durationText(3), durationText(65)]).toEqual(['3s', '1min 5s'])
})

test('a list is wrapped where apt of Debian 12 wrapped it (recorded)', () => {
  const words = 'dirmngr gnupg gnupg-l10n gnupg-utils gpg-agent gpg-wks-client gpg-wks-server gpgconf'.split(
    ' ',
  )
  expect(wordList('Heading:', words)).toBe(
    'Heading:\n  dirmngr gnupg gnupg-l10n gnupg-utils gpg-agent gpg-wks-client gpg-wks-server\n  gpgconf\n',
  )
  expect(wordList('Heading:', [])).toBe('')
})
