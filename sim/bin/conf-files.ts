import type { Process } from '../process.ts'

/**
 * conf_files_list() of src/basic/conf-files.c: files *.conf over several directories, sorted by base name; the first
 * directory that has a name hides it in the later ones, and a link to /dev/null or an empty file masks it.
 */
export function confFiles(process: Process, directories: readonly string[]): readonly string[] {
  const files = new Map<string, string>()
  for (const directory of directories) {
    if (!process.exists(directory)) continue
    for (const name of process.readdir(directory))
      if (name.endsWith('.conf') && !files.has(name)) files.set(name, `${directory}/${name}`)
  }
  return [...files.keys()]
    .sort()
    .map(name => files.get(name) ?? '')
    .filter(
      path => process.exists(path) && process.stat(path).type === 'file' && process.stat(path).sizeBytes > 0,
    )
}
