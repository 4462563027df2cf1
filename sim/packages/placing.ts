import { Unsimulated } from '../../src/host/host.ts'
import type { ParsedLine } from '../formats/file-line.ts'
import { contentStore } from '../fs/bytes.ts'
import { Tree } from '../fs/tree.ts'
import type { Process } from '../process.ts'

/** Writes one file of a package under `path`, with owner, mode and time; what was not recorded of it stays elided. */
export function placeFile(process: Process, line: ParsedLine, path: string): void {
  const bytes = contentStore.get(line.digest)
  if (process.exists(path)) process.unlink(path)
  process.writeFile(path, bytes ?? '')
  if (bytes === undefined) elide(process, path, line.sizeBytes)
  process.chown(path, line.uid, line.gid)
  process.chmod(path, line.mode)
  process.utimes(path, line.mtimeSeconds)
}

/** Makes a file one of which no more than the size is known. */
export function elide(process: Process, path: string, sizeBytes: number): void {
  const { driver, node } = process.system.fs.mountOf(process, path)
  if (!(driver instanceof Tree))
    throw new Unsimulated('dpkg', `unpacking to a file system of type ${driver.fstype}`)
  driver.elide(node, sizeBytes)
}
