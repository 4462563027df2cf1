import { join } from 'node:path'
import { isInstalled, mustRun } from './command.ts'
import { aptSources, mirrorLines, ownSuite } from './mirror.ts'
import type { Release } from './release.ts'
import { sourceDirectory } from './source-directory.ts'

/** Says in one sentence why no tree can be made here; undefined where it can. */
export async function missingForTree(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'mmdebstrap has to be run by root'
  if (!(await isInstalled('mmdebstrap'))) return 'mmdebstrap is not installed'
  const suite = ownSuite()
  const sources = suite === undefined ? [] : await aptSources()
  if (suite === undefined || mirrorLines(sources, suite, suite).length === 0) {
    return 'this machine has no Debian package sources'
  }
  return undefined
}

/** What debootstrap and the installer do where no package of the release does it (mmdebstrap(1), --merged-usr). */
const MERGED_USR = '/usr/share/mmdebstrap/hooks/merged-usr/setup00.sh'

/** A mirror that lags behind may serve the index of testing after its Valid-Until (apt.conf(5)); it is signed all the same. */
const OUT_OF_DATE = ["--aptopt=Acquire::Check-Valid-Until \"false\""]

/**
 * Makes a release's root file system at `target` (a `.tar` or a directory) from Debian's packages, with `extra`
 * packages besides those of its list.
 */
export async function buildTree(
  release: Release,
  target: string,
  extra: readonly string[] = [],
): Promise<void> {
  const mirrors = mirrorLines(await aptSources(), ownSuite() ?? release.suite, release.suite)
  const customize = `${join(sourceDirectory, 'customize.sh')} "$1" ${release.name}`
  const merge = release.packages.includes('usr-is-merged') ? [] : [`--setup-hook=${MERGED_USR}`]
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
