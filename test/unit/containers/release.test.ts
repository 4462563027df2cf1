import { expect, test } from 'vitest'
import { parsePackages, readRelease, releaseNames, withPackages } from '../../../containers/release.ts'

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

test('there are four releases, and what is newer than Debian 11 merges /bin by a package', () => {
  const releases = releaseNames().map(readRelease)
  expect(releases.map(({ suite }) => suite)).toEqual(['bullseye', 'bookworm', 'trixie', 'forky'])
  const merging = releases.filter(({ packages }) => packages.includes('usr-is-merged'))
  expect(merging.map(({ name }) => name)).toEqual(['debian-12', 'debian-13', 'debian-14'])
})

test('more packages make another key, whatever their order; those it has anyway make none', () => {
  const release = readRelease('debian-12')
  const [first, second] = [
    ['openssh-server', 'python3'],
    ['python3', 'systemd', 'openssh-server', 'python3'],
  ]
  expect(withPackages(release, first)).toEqual(withPackages(release, second))
  expect(withPackages(release, first).key).not.toBe(release.key)
  expect(withPackages(release, ['systemd'])).toBe(release)
})
