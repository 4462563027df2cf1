import { describe, expect, test } from 'vitest'
import { escapePath, recordFiles } from '../../../../containers/recording/files.ts'
import { collectedOf } from './collected.ts'

/** What `find -printf '%y %m %U %G %T@ %s %D %i %n %p\0%l\0'` writes. */
const listing = (...rows: readonly (readonly [string, string?])[]) =>
  rows.map(([line, target = '']) => `${line}\0${target}\0`).join('')

describe('the files of an image', () => {
  test('are sorted bytewise, each once, symlinks with their target and devices with their numbers', () => {
    const files = listing(
      ['d 755 0 0 1700000000.1200000000 4096 8 2 9 /'],
      ['l 777 0 0 1700000000.0000000000 7 8 5 1 /bin', 'usr/bin'],
      ['c 666 0 0 1700000000.0000000000 0 5 7 1 /dev/null'],
      ['d 755 0 0 1700000000.0000000000 4096 8 2 9 /'],
      ['d 755 0 0 1700000000.0000000000 40 5 3 1 /dev'],
    )
    const collected = collectedOf({ files, 'devices-numbers': '/dev/null\x001:3\0' })
    expect(recordFiles(collected).files).toEqual([
      'd 0755 0 0 1700000000 4096 - /',
      'l 0777 0 0 1700000000 7 - /bin -> usr/bin',
      'd 0755 0 0 1700000000 40 - /dev',
      'c 0666 0 0 1700000000 1:3 - /dev/null',
    ])
  })

  test('have the digest of content that was taken; the second of two hard links names the first', () => {
    const files = listing(
      ['f 644 0 0 1.0 3 8 10 2 /a'],
      ['f 644 0 0 1.0 3 8 10 2 /b'],
      ['f 755 0 0 1.0 9 8 11 1 /elided'],
      ['f 644 0 0 1.0 0 8 12 1 /empty'],
    )
    const { files: lines, content } = recordFiles(collectedOf({ files }, { '/a': Buffer.from('hi\n') }))
    expect(lines.map(line => line.split(' ').slice(5).join(' '))).toEqual([
      '3 98ea6e4f216f2fb4b69fff9b3a44842c /a',
      '3 =/a /b',
      '9 - /elided',
      '0 e3b0c44298fc1c149afbf4c8996fb924 /empty',
    ])
    expect(content).toEqual({
      '98ea6e4f216f2fb4b69fff9b3a44842c': 'hi\n',
      e3b0c44298fc1c149afbf4c8996fb924: '',
    })
  })

  test.each([
    ['bytes that are not text', Buffer.from([0xff, 0xfe])],
    ['a NUL', Buffer.from('a\0')],
    ['content that changed while it was read', Buffer.from('abc')],
  ])('%s is elided', (_, bytes) => {
    const collected = collectedOf({ files: listing(['f 644 0 0 1.0 2 8 10 1 /a']) }, { '/a': bytes })
    expect(recordFiles(collected)).toEqual({ files: ['- 0644 0 0 1 2 - /a'], content: {} })
  })

  test('a private key is elided', () => {
    const key = Buffer.from('-----BEGIN PRIVATE KEY-----\n')
    const collected = collectedOf(
      { files: listing([`f 600 0 0 1.0 ${key.length} 8 10 1 /k`]) },
      { '/k': key },
    )
    expect(recordFiles(collected).content).toEqual({})
  })
})

describe('a path in a file line', () => {
  test.each([
    ['a b\\c\td', 'a\\x20b\\x5cc\\x09d'],
    [Buffer.from('Főtanúsítvány').toString('latin1'), 'Főtanúsítvány'],
    ['\xff\xe9t\xe9', '\\xff\\xe9t\\xe9'],
  ])('%j is written %s', (path, escaped) => {
    expect(escapePath(path)).toBe(escaped)
  })
})
