import { expect, test } from 'vitest'
import {
  moduleName,
  parseFilesystems,
  parseLive,
  parseMounts,
  parseSysctl,
} from '../../../../containers/recording/proc.ts'

test('a row of /proc/modules names its users, without the dash that stands for none', () => {
  const rows = parseLive(
    'overlay 163840 0 - Live 0x0000000000000000\nvirtio 20480 4 a,b, Live 0x0000000000000000\n',
  )
  expect(rows).toEqual([
    { name: 'overlay', sizeBytes: 163840, refcount: 0, usedBy: [], state: 'Live' },
    { name: 'virtio', sizeBytes: 20480, refcount: 4, usedBy: ['a', 'b'], state: 'Live' },
  ])
})

test('a row of /proc/filesystems says nodev or nothing', () => {
  expect(parseFilesystems('nodev\tproc\n\text4\n')).toEqual([
    { name: 'proc', nodev: true },
    { name: 'ext4', nodev: false },
  ])
})

test('a key loses one line end, and one that cannot be read has its errno', () => {
  const section = 'net/b\x000644\0\x001\t2\n\n\0net/a\x000200\0EACCES\0\0'
  expect(Object.entries(parseSysctl(section))).toEqual([
    ['net/a', { mode: '0200', errno: 'EACCES' }],
    ['net/b', { mode: '0644', value: '1\t2\n' }],
  ])
})

test('a mount has the options of both sides of the dash, whatever peer groups stand before it', () => {
  const line = '27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw,errors=remount-ro\n'
  expect(parseMounts(line)).toEqual([
    {
      source: '/dev/vda',
      target: '/',
      root: '/',
      fstype: 'ext4',
      options: 'rw,relatime',
      superOptions: 'rw,errors=remount-ro',
      majorMinor: '254:0',
    },
  ])
})

test('a module is named with underscores, without its suffixes', () => {
  expect(moduleName('kernel/arch/x86/crypto/poly1305-x86_64.ko.xz')).toBe('poly1305_x86_64')
})
