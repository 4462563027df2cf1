import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withLock } from './cache.ts'
import { mustRun, run } from './command.ts'
import { EnvironmentMissing } from './environment-missing.ts'
import type { Release } from './release.ts'
import { sourceDirectory } from './source-directory.ts'
import { buildTree, missingForTree } from './tree.ts'

/**
 * The tag of a release's image in an engine, built when it is not there: with mmdebstrap and `docker import` where
 * this machine can, else from the Dockerfile, which needs a registry.
 */
export async function containerImage(release: Release, dockerHost: string): Promise<string> {
  const tag = imageTag(release)
  await withLock(`image-${release.name}-${release.key}`, async () => {
    const found = await run(['docker', '-H', dockerHost, 'image', 'inspect', tag])
    if (found.exitCode !== 0) await build(release, dockerHost, tag)
  })
  return tag
}

/** `seatrial/debian-12:KEY`. */
export const imageTag = (release: Release): string => `seatrial/${release.name}:${release.key}`

async function build(release: Release, dockerHost: string, tag: string): Promise<void> {
  const missing = await missingForTree()
  if (missing === undefined) return importTree(release, dockerHost, tag)
  try {
    await buildFromDockerfile(release, dockerHost, tag)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new EnvironmentMissing(`${missing}, and the Dockerfile of ${release.name} does not build: ${why}`)
  }
}

async function importTree(release: Release, dockerHost: string, tag: string): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'seatrial-'))
  try {
    const tar = join(scratch, 'root.tar')
    await buildTree(release, tar)
    const changes = release.changes.flatMap(change => ['--change', change])
    await mustRun(['docker', '-H', dockerHost, 'import', ...changes, tar, tag])
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function buildFromDockerfile(release: Release, dockerHost: string, tag: string): Promise<void> {
  const dockerfile = join(sourceDirectory, release.name, 'Dockerfile')
  const extra = `EXTRA_PACKAGES=${release.extraPackages.join(' ')}`
  const build = ['build', '--network=host', '--quiet', '--build-arg', extra, '--file', dockerfile]
  await mustRun(['docker', '-H', dockerHost, ...build, '--tag', tag, sourceDirectory])
}
