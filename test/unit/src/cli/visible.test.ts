import { expect, test } from 'vitest'
import { jsonLine } from '../../../../src/cli/json-lines.ts'
import { visible, visibleData, visibleLine } from '../../../../src/cli/visible.ts'

test('what a terminal would obey is written out, text stays', () => {
  expect(visible('\x1b[2J\x9b31m\r\x07\x7f \u202egnp.exe')).toBe(
    '\\x1b[2J\\x9b31m\\x0d\\x07\\x7f \\u202egnp.exe',
  )
  expect(visible('naïve\t日本語\n🙂')).toBe('naïve\t日本語\n🙂')
  expect(visibleLine('a\n  b\tc')).toBe('a b c')
})

test('plain data is made visible at any depth, bytes stay', () => {
  const bytes = Uint8Array.of(0x1b)
  expect(visibleData({ a: ['\x1b', { b: bytes, c: 1, d: undefined }] })).toEqual({
    a: ['\\x1b', { b: bytes, c: 1, d: undefined }],
  })
})

test('a JSON line holds nothing that a terminal would obey, and loses nothing', () => {
  const description = '\x1b]0;title\x07 \x9b31m \u202e'
  const line = jsonLine('docker:\x1bc', {
    event: 'failed',
    failure: { reason: 'not-root', user: '1' },
    description,
  })
  expect(line).toMatch(/^[\x20-\x7e]+\n$/)
  expect(JSON.parse(line)).toMatchObject({ host: 'docker:\x1bc', description })
})
