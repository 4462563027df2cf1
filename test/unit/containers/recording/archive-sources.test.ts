import { expect, test } from 'vitest'
import { archiveSources, archiveSuites } from '../../../../containers/recording/archive-sources.ts'

test('Debian 12 and later name their archive in deb822 format, one block for the security archive', () => {
  expect(archiveSources({ name: 'debian-12', suite: 'bookworm' })).toEqual({
    path: '/etc/apt/sources.list.d/debian.sources',
    text: `Types: deb
URIs: http://deb.debian.org/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://deb.debian.org/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`,
  })
})

test('Debian 11 names the same suites a line each', () => {
  const { path, text } = archiveSources({ name: 'debian-11', suite: 'bullseye' })
  expect(path).toBe('/etc/apt/sources.list')
  expect(text.split('\n')).toEqual([
    ...archiveSuites({ suite: 'bullseye' }).map(({ uri, suite }) => `deb ${uri} ${suite} main`),
    '',
  ])
})
