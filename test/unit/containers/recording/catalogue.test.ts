import { expect, test } from 'vitest'
import { neededBy, parseCatalogueList, recordSuite } from '../../../../containers/recording/catalogue.ts'

test('a name after a question mark is asked for and not recorded', () => {
  expect(parseCatalogueList('# why\ncontainerd\n\n? docker.io # gone\nrunc\n')).toEqual({
    wanted: ['containerd', 'runc'],
    askedFor: ['docker.io'],
  })
})

test('what a package needs is the first alternative that the archive has, without versions and architectures', () => {
  const stanza = `Package: a
Depends: libc6 (>= 2.34), debconf (>= 0.5) | debconf-2.0, nowhere | perl:any
Recommends: b
Suggests: c
`
  expect(neededBy(stanza, new Set(['libc6', 'debconf', 'debconf-2.0', 'perl', 'b', 'c']))).toEqual([
    'libc6',
    'debconf',
    'perl',
    'b',
  ])
})

test('a suite is told by what its signed index says of itself and of the compressed indexes', () => {
  const text = `Origin: Debian
Label: Debian
Suite: stable
Codename: trixie
Components: main contrib
SHA256:
 ${'0'.repeat(64)}  1234567 main/binary-amd64/Packages.xz
 ${'1'.repeat(64)} 89 main/binary-amd64/Packages
 ${'2'.repeat(64)}      456 main/i18n/Translation-en.xz
`
  const source = { uri: 'http://deb.debian.org/debian', suite: 'trixie' }
  expect(recordSuite(source, { text, sizeBytes: 99 })).toEqual({
    ...source,
    release: { Origin: 'Debian', Label: 'Debian', Suite: 'stable', Codename: 'trixie' },
    inReleaseBytes: 99,
    packagesBytes: 1234567,
    translationBytes: 456,
  })
})
