import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { tar } from '../../../../containers/cri/tar.ts'

test('tar(1) lists the files with their modes, and takes them out as they went in', () => {
  const archive = tar([
    { name: 'pause', content: Buffer.from('#!'), mode: 0o755 },
    { name: 'blobs/sha256/of', content: Buffer.alloc(1000, 'x') },
  ])
  const listed = execFileSync('tar', ['-tvf', '-', '--numeric-owner', '--utc'], { input: archive }).toString()
  expect(listed.split('\n').map(line => line.replace(/ +/g, ' '))).toEqual([
    '-rwxr-xr-x 0/0 2 1970-01-01 00:00 pause',
    '-rw-r--r-- 0/0 1000 1970-01-01 00:00 blobs/sha256/of',
    '',
  ])
  const content = execFileSync('tar', ['-xOf', '-', 'blobs/sha256/of'], { input: archive })
  expect(content).toEqual(Buffer.alloc(1000, 'x'))
})

test('a name that does not fit is refused', () => {
  expect(() => tar([{ name: 'x'.repeat(101), content: Buffer.alloc(0) }])).toThrow('too long a name')
})
