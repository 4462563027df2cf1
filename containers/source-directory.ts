import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The folder with Dockerfiles, package lists and scripts: the sources', also for the compiled copy of this file in
 * `dist/containers`; in the published package, which has no sources, the copies beside that file.
 */
export const sourceDirectory = directoryFor(import.meta.dirname)

function directoryFor(own: string): string {
  const sources = join(own, '../../containers')
  return own.endsWith(join('dist', 'containers')) && existsSync(join(sources, 'packages.txt')) ? sources : own
}
