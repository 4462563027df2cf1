import type { Release } from '../release.ts'

/** A file that names Debian's archive: what an installer leaves, and what environments without a network leave out. */
export interface SourcesFile {
  readonly path: string
  readonly text: string
}

/** Debian's own address, whatever mirror the environment was built from. */
const ARCHIVE = 'http://deb.debian.org/debian'

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** Releases whose official images name it in the one-line format (sources.list(5)); those since have deb822. */
const ONE_LINE: readonly string[] = ['debian-11']

/** The suites of a release by the address of their archive, in the order of the file's lines. */
export const archiveSuites = ({
  suite,
}: Pick<Release, 'suite'>): readonly { readonly uri: string; readonly suite: string }[] => [
  { uri: ARCHIVE, suite },
  { uri: ARCHIVE, suite: `${suite}-updates` },
  { uri: `${ARCHIVE}-security`, suite: `${suite}-security` },
]

/** The file as Debian's official images of the release have it. */
export function archiveSources(release: Pick<Release, 'name' | 'suite'>): SourcesFile {
  const { suite } = release
  if (ONE_LINE.includes(release.name)) {
    const lines = archiveSuites(release).map(source => `deb ${source.uri} ${source.suite} main\n`)
    return { path: '/etc/apt/sources.list', text: lines.join('') }
  }
  const blocks = [
    { uri: ARCHIVE, suites: `${suite} ${suite}-updates` },
    { uri: `${ARCHIVE}-security`, suites: `${suite}-security` },
  ].map(
    ({ uri, suites }) =>
      `Types: deb\nURIs: ${uri}\nSuites: ${suites}\nComponents: main\nSigned-By: ${KEYRING}\n`,
  )
  return { path: '/etc/apt/sources.list.d/debian.sources', text: blocks.join('\n') }
}
