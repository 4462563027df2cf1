import { describe, expect, it } from 'vitest'
import { parseFileLine } from '../../../../sim/formats/file-line.ts'

describe('a line of an image', () => {
  it('has the attributes of a regular file', () => {
    expect(parseFileLine('- 4755 0 42 1730000000 35128 0123abcd /usr/bin/su')).toMatchObject({
      type: 'file',
      path: '/usr/bin/su',
      mode: 0o4755,
      uid: 0,
      gid: 42,
      mtimeSeconds: 1_730_000_000,
      sizeBytes: 35_128,
      digest: '0123abcd',
    })
  })

  it('has the target of a symlink, which may hold an arrow in its name', () => {
    expect(parseFileLine('l 0777 0 0 1 7 - /bin -> usr/bin')).toMatchObject({
      type: 'symlink',
      target: 'usr/bin',
    })
    expect(parseFileLine('l 0777 0 0 1 7 - /a -> b\\x20->\\x20c')).toMatchObject({
      path: '/a',
      target: 'b -> c',
    })
  })

  it('has the numbers of a device', () => {
    expect(parseFileLine('c 0666 0 0 1 1:3 - /dev/null')).toMatchObject({
      type: 'char-device',
      major: 1,
      minor: 3,
    })
    expect(parseFileLine('b 0660 0 6 1 254:1 - /dev/vda1')).toMatchObject({
      type: 'block-device',
      major: 254,
      minor: 1,
    })
  })

  it('names the first name of a hard link', () => {
    expect(parseFileLine('- 0755 0 0 1 5 =/usr/bin/pe\\x20rl /usr/bin/perl5')).toMatchObject({
      linkTo: '/usr/bin/pe rl',
      path: '/usr/bin/perl5',
    })
  })

  it('escapes bytes: white space, backslash, what is not UTF-8; the rest stands for itself', () => {
    expect(parseFileLine('d 0755 0 0 1 0 - /Főt\\x20x\\x5cx\\xff').path).toBe('/Főt x\\x\u{dcff}')
  })

  it('that is none is refused', () => {
    expect(() => parseFileLine('? 0755 0 0 1 0 - /x')).toThrow("not a line of an image's files")
    expect(() => parseFileLine('- 0755 0 0')).toThrow("not a line of an image's files")
  })
})
