import { describe, expect, it } from 'vitest'
import { minorVersion, pauseImage } from '../../../../src/engine/pause-image.ts'

describe('the pause image that kubeadm expects', () => {
  it.each([
    ['1.20', '3.2'],
    ['1.21.14', '3.4.1'],
    ['1.22', '3.5'],
    ['1.24', '3.7'],
    ['1.26', '3.9'],
    ['v1.30.2', '3.9'],
    ['1.31', '3.10'],
    ['1.34', '3.10.1'],
  ])('of %s is %s', (version, tag) => expect(pauseImage(version)).toBe(`registry.k8s.io/pause:${tag}`))

  it('is not guessed for versions that nobody has looked at', () => {
    expect(pauseImage('1.99')).toBeUndefined()
    expect(pauseImage('1.2')).toBeUndefined()
    expect(pauseImage('2.0')).toBeUndefined()
  })

  it('a version has a minor version', () => expect(minorVersion('1.31.2-rc.1')).toBe(31))
})
