import { expect, test } from 'vitest'
import { containerArguments } from '../../../containers/launch.ts'
import { readRelease, releaseNames } from '../../../containers/release.ts'
import { assertCgroup } from '../../../containers/systemd-container.ts'

test('Debian 14 is refused on a machine with cgroup v1 and says why, the others are not', () => {
  const refused = releaseNames().filter(name => {
    try {
      assertCgroup(readRelease(name), 'machine', '1')
      return false
    } catch (error) {
      expect(String(error)).toContain('its systemd 262 refuses it')
      return true
    }
  })
  expect(refused).toEqual(['debian-14'])
})

test('Debian 14 runs on the hierarchy of a machine that has v2, and on a v2 of its own', () => {
  const release = readRelease('debian-14')
  expect(() => assertCgroup(release, 'machine', '2')).not.toThrow()
  expect(() => assertCgroup(release, 'unified', '1')).not.toThrow()
})

test('a launched container has no network, publishes nothing and binds nothing of the machine', () => {
  const words = containerArguments('debian-12', 'tag')
  expect(words.slice(words.indexOf('--network'), words.indexOf('--network') + 2)).toEqual([
    '--network',
    'none',
  ])
  expect(words.filter(word => /^(-p|--publish|-v|--volume|--mount|--privileged)/.test(word))).toEqual([])
})
