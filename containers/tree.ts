import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isInstalled, mustRun } from './command.ts'
import { EnvironmentMissing } from './environment-missing.ts'
import { aptSources, mirrorLines, ownSuite } from './mirror.ts'
import type { Release } from './release.ts'
import { sourceDirectory } from './source-directory.ts'

/** Says in one sentence why no tree can be made here; undefined where it can. */
export async function missingForTree(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'mmdebstrap has to be run by root'
  if (!(await isInstalled('mmdebstrap'))) return "mmdebstrap is not installed (Debian's package mmdebstrap)"
  const suite = ownSuite()
  const sources = suite === undefined ? [] : await aptSources()
  if (suite === undefined || mirrorLines(sources, suite, suite).length === 0) {
    return 'this machine has no Debian package sources'
  }
  return undefined
}

const KEYRINGS = '/usr/share/keyrings'

/** In the order of their release; the archive signs a suite with its own key and with that of the one before. */
const SUITES = ['bullseye', 'bookworm', 'trixie', 'forky']

/** Throws, with what to install, where this machine has no key that a suite is signed with. */
export function assertKnownToKeyring(suite: string, directory = KEYRINGS): void {
  const files = existsSync(directory) ? readdirSync(directory) : []
  const signers = [suite, SUITES[SUITES.indexOf(suite) - 1]]
  if (signers.some(signer => files.some(file => file.startsWith(`debian-archive-${signer}-automatic.`))))
    return
  throw new EnvironmentMissing(
    `this machine has no key for ${suite}: install a newer package debian-archive-keyring`,
  )
}

/** A mirror that lags behind may serve the index of testing after its Valid-Until (apt.conf(5)); it is signed all the same. */
const OUT_OF_DATE = ['--aptopt=Acquire::Check-Valid-Until "false"']

/**
 * Makes a release's root file system at `target` (a `.tar` or a directory) from Debian's packages, with `extra`
 * packages besides those of its list.
 */
export async function buildTree(
  release: Release,
  target: string,
  extra: readonly string[] = [],
): Promise<void> {
  assertKnownToKeyring(release.suite)
  const mirrors = mirrorLines(await aptSources(), ownSuite() ?? release.suite, release.suite)
  const customize = `${join(sourceDirectory, 'customize.sh')} "$1" ${release.name}`
  const merge = release.packages.includes('usr-is-merged')
    ? []
    : [`--setup-hook=${join(sourceDirectory, 'merge-usr.sh')} "$1"`]
  await mustRun([
    'mmdebstrap',
    '--quiet',
    '--variant=minbase',
    `--include=${[...release.packages, ...extra].join(',')}`,
    `--dpkgopt=${join(sourceDirectory, 'dpkg-excludes')}`,
    `--customize-hook=${customize}`,
    ...merge,
    ...OUT_OF_DATE,
    release.suite,
    target,
    ...mirrors,
  ])
}
