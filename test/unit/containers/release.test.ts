import { expect, test } from 'vitest'
import { parsePackages, readRelease, releaseNames } from '../../../containers/release.ts'

test('every release has a suite, packages with systemd as PID 1, and what a container of it starts', () => {
  expect(releaseNames()).toContain('debian-12')
  for (const release of releaseNames().map(readRelease)) {
    expect(release.suite).toMatch(/^[a-z]+$/)
    expect(release.packages).toEqual(expect.arrayContaining(['systemd-sysv', 'containerd', 'kmod', 'procps']))
    expect(release.changes).toEqual(['ENV container=docker', 'CMD ["/sbin/init"]'])
  }
})

test('a release without a folder is refused, and those there are are named', () => {
  expect(() => readRelease('debian-1')).toThrow(/no environment debian-1: there are .*debian-12/)
})

test('a package list has one name a line, and comments', () => {
  expect(parsePackages('# the system\nsystemd\n\n  udev # devices\n')).toEqual(['systemd', 'udev'])
})
