import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, digestOfValue, sealImage, verifyDigest } from '../../../../src/format/canonical.ts'
import type { Image } from '../../../../src/format/image.ts'

const image: Omit<Image, 'digest'> = {
  format: 'seatrial-image',
  version: 1,
  name: 'none',
  provenance: { kind: 'vm', recordedAt: '2026-01-01T00:00:00Z', command: 'none' },
  kernel: {
    release: '6.1.0',
    version: '#1',
    machine: 'x86_64',
    nodename: 'none',
    cmdline: '',
    cpuCount: 1,
    memTotalKiB: 1,
    canLoadModules: false,
    filesystems: [],
    sysctl: {},
    cgroup: { mode: 'unified', controllers: [] },
    capabilities: [],
  },
  mounts: [],
  files: ['d 0755 0 0 0 0 - /'],
  content: {},
  units: [],
  packages: [],
  exchanges: [],
}

describe('canonical JSON', () => {
  test('keys are sorted, at every depth, and there is no white space', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 'x y' }], a: null })).toBe('{"a":null,"b":[{"c":"x y","d":1}]}')
  })

  test('a field that is undefined is a field that is not there', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe(canonicalJson({ b: 1 }))
  })

  test('what JSON has no word for throws', () => {
    expect(() => canonicalJson([undefined])).toThrow(TypeError)
    expect(() => canonicalJson(() => 1)).toThrow(TypeError)
  })

  test('it is JSON of the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  test('the order of keys does not change the digest, a value does', () => {
    expect(digestOfValue({ a: 1, b: 2 })).toBe(digestOfValue({ b: 2, a: 1 }))
    expect(digestOfValue({ a: 1 })).not.toBe(digestOfValue({ a: 2 }))
  })
})

describe('the digest of an image', () => {
  test('an image that was sealed and read again verifies', () => {
    const again: Image = JSON.parse(JSON.stringify(sealImage(image)))
    expect(verifyDigest(again)).toBe(true)
  })

  test('an image that was edited does not verify', () => {
    expect(verifyDigest({ ...sealImage(image), files: ['d 0700 0 0 0 0 - /'] })).toBe(false)
  })
})
