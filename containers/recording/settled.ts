import type { Image } from '../../src/format/image.ts'

/** Names that are drawn anew at every boot: journal streams, invocation ids, private directories, a machine's journal. */
const DRAWN =
  /^\/run\/systemd\/(journal\/streams\/|units\/invocation:)|\/systemd-private-|^\/var\/log\/journal\//

/** Content that is drawn anew at every boot. */
const DRAWN_CONTENT: readonly string[] = ['/etc/machine-id']

/** What two recordings of the same packages have in common, on whatever kernel. */
export interface SettledPart {
  /** The disk's files: type, mode, owner, and for what is not a directory size, digest and target. */
  readonly files: readonly string[]
  readonly packages: readonly string[]
  /** Units that have a file, and what became of that file. */
  readonly unitFiles: readonly string[]
  /** What programs said that ask nothing of the kernel or of a daemon. */
  readonly exchanges: readonly string[]
}

/** Leaves out times, what a boot draws anew, and what is the recording machine's own: its kernel and file systems. */
export function settledPart(image: Image): SettledPart {
  return {
    files: image.files.flatMap(line => settledLine(line)),
    packages: image.packages.map(item => `${item.name} ${item.version} ${item.architecture}`),
    unitFiles: image.units
      .filter(unit => unit.fragmentPath.startsWith('/lib/') || unit.fragmentPath.startsWith('/etc/'))
      .map(unit => `${unit.fragmentPath} ${unit.loadState}`),
    exchanges: image.exchanges
      .filter(({ argv }) => argv.includes('--version') || argv.includes('config'))
      .map(exchange => JSON.stringify(exchange)),
  }
}

function settledLine(line: string): string[] {
  const [type = '', mode, uid, gid, , size, digest, path = '', ...target] = line.split(' ')
  if (DRAWN.test(path) || path.startsWith('/dev/') || path.startsWith('/run/')) return []
  const content = type === 'd' || DRAWN_CONTENT.includes(path) ? [] : [size, digest]
  return [[type, mode, uid, gid, ...content, path, ...target].join(' ')]
}
