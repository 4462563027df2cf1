import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The repository's `containers` folder: Dockerfiles, package lists and scripts are read from there, also by the
 * compiled copy of this file below `dist`.
 */
export const sourceDirectory = join(repository(import.meta.dirname), 'containers')

function repository(directory: string): string {
  if (existsSync(join(directory, 'package.json')) && existsSync(join(directory, 'containers')))
    return directory
  const parent = dirname(directory)
  if (parent === directory) throw new Error('real environments are built from the repository: it is not here')
  return repository(parent)
}
