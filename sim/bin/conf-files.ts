import { KernelError } from '../../src/host/errno.ts'
import type { Process } from '../process.ts'

/**
 * conf_files_list() of src/basic/conf-files.c: files *.conf (or of another suffix) over several directories, sorted by base
 * name; the first directory that has a name hides it in the later ones. A link to /dev/null is listed, and nothing stands in it.
 */
export function confFiles(
  process: Process,
  directories: readonly string[],
  suffix = '.conf',
): readonly string[] {
  const files = new Map<string, string>()
  for (const directory of directories) {
    if (!process.exists(directory)) continue
    const real = process.system.fs.realpath(process, directory)
    for (const name of process.readdir(real))
      if (name.endsWith(suffix) && !files.has(name)) files.set(name, `${real}/${name}`)
  }
  return [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path)
}

/** search_and_fopen() of src/basic/fileio.c: an absolute path is itself, another is looked for; throws what open(2) does. */
export function searchConfFile(process: Process, file: string, directories: readonly string[]): ConfFile {
  if (file.startsWith('/')) return { path: file, text: process.readText(file) }
  for (const directory of directories) {
    const path = `${directory}/${file}`
    try {
      return { path, text: process.readText(path) }
    } catch (error) {
      if (!(error instanceof KernelError) || error.errno !== 'ENOENT') throw error
    }
  }
  throw new KernelError('ENOENT')
}

/** A file that was found, with what stands in it. */
export interface ConfFile {
  readonly path: string
  readonly text: string
}
