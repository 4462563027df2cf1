import { KernelError } from '../../src/host/errno.ts'
import type { SystemdRelease } from '../formats/systemd-release.ts'
import type { Process } from '../process.ts'

/** Where unit files are, the strongest first: systemd.unit(5), "Unit File Load Path". */
export const unitPath = ({ vendorPath }: SystemdRelease): readonly string[] => [
  '/etc/systemd/system.control',
  '/run/systemd/system.control',
  '/run/systemd/transient',
  '/run/systemd/generator.early',
  '/etc/systemd/system',
  '/etc/systemd/system.attached',
  '/run/systemd/system',
  '/run/systemd/system.attached',
  '/run/systemd/generator',
  '/usr/local/lib/systemd/system',
  ...(vendorPath === '/lib/systemd/system' ? [vendorPath] : []),
  '/usr/lib/systemd/system',
  '/run/systemd/generator.late',
]

const UNIT_NAME =
  /^[\w:@.\\-]+\.(?:service|socket|target|mount|automount|timer|path|slice|scope|swap|device)$/

/** Whether a file name is one of a unit. */
export const isUnitName = (name: string): boolean => UNIT_NAME.test(name)

/** `foo@.service`, of `foo@bar.service`; undefined for what is no instance. */
export function templateOf(name: string): string | undefined {
  const match = /^([^@]+@)[^@]+(\.\w+)$/.exec(name)
  return match === null ? undefined : `${match[1]}${match[2]}`
}

export interface FoundUnit {
  /** The name after aliases are followed. */
  readonly id: string
  readonly path: string
  readonly isMasked: boolean
}

/** A unit's id, and its id with its aliases. */
export interface UnitNames {
  readonly id: string
  readonly names: readonly string[]
}

interface Listing {
  readonly directory: string
  readonly names: ReadonlySet<string>
}

/** The unit files of a machine at one moment: one listing a directory, so that hundreds of units are looked up fast. */
export class UnitPath {
  readonly #process: Process
  readonly #listings: readonly Listing[]
  readonly #aliasesByDirectory = new Map<string, ReadonlyMap<string, readonly string[]>>()

  constructor(process: Process, release: SystemdRelease) {
    this.#process = process
    const seen = new Set<string>()
    this.#listings = unitPath(release).flatMap(directory => {
      const names = namesIn(process, directory)
      if (names === undefined) return []
      const real = process.system.fs.realpath(process, directory)
      if (seen.has(real)) return []
      seen.add(real)
      return [{ directory, names: new Set(names) }]
    })
  }

  /** Changes when a name comes to or goes from one of the directories. */
  static stamp(process: Process, release: SystemdRelease): string {
    return unitPath(release)
      .map(path => (process.exists(path) ? process.stat(path).mtimeSeconds : ''))
      .join(' ')
  }

  /** The names that unit files and links have, over all directories. */
  names(): readonly string[] {
    const names = new Set(this.#listings.flatMap(listing => [...listing.names].filter(isUnitName)))
    return [...names].sort()
  }

  /** Paths of the directories NAME.d, NAME.wants and NAME.requires. */
  directories(): readonly string[] {
    return this.#listings.flatMap(({ directory, names }) =>
      [...names].filter(name => /\.(?:d|wants|requires)$/.test(name)).map(name => `${directory}/${name}`),
    )
  }

  /** A unit's file, through aliases and, for an instance, its template's. */
  find(name: string, depth = 0): FoundUnit | undefined {
    for (const { directory, names } of this.#listings) {
      if (!names.has(name)) continue
      const path = `${directory}/${name}`
      const alias = this.#aliasOf(path, name)
      if (alias !== undefined && depth < 8)
        return this.find(alias, depth + 1) ?? { id: alias, path, isMasked: false }
      if (!this.#isMask(path) && this.#process.exists(path) && this.#process.stat(path).type !== 'file')
        continue
      return { id: name, path, isMasked: this.#isMask(path) }
    }
    const template = templateOf(name)
    const found = template === undefined ? undefined : this.find(template, depth)
    return found === undefined ? undefined : { ...found, id: name }
  }

  /** Whether a directory other than this one has anything to say about a unit. */
  isTouchedOutside(vendor: string, { id, names: own }: UnitNames): boolean {
    const folders = [...dropInFolders(id), `${id}.wants`, `${id}.requires`]
    return this.#listings.some(
      ({ directory, names }) =>
        directory !== vendor &&
        (own.some(name => names.has(name)) ||
          folders.some(folder => names.has(folder)) ||
          this.#aliasesIn(directory).has(id)),
    )
  }

  #aliasesIn(directory: string): ReadonlyMap<string, readonly string[]> {
    const known = this.#aliasesByDirectory.get(directory)
    if (known !== undefined) return known
    const aliases = new Map<string, string[]>()
    for (const name of this.#listings.find(listing => listing.directory === directory)?.names ?? []) {
      const id = isUnitName(name) ? this.#aliasOf(`${directory}/${name}`, name) : undefined
      if (id !== undefined) aliases.set(id, [...(aliases.get(id) ?? []), name])
    }
    this.#aliasesByDirectory.set(directory, aliases)
    return aliases
  }

  /** Names of links to a unit's file: its aliases. */
  aliases(id: string): readonly string[] {
    return this.#listings.flatMap(({ directory }) => this.#aliasesIn(directory).get(id) ?? [])
  }

  /** Files NAME.d/*.conf over all directories by base name; those of the type and of the name's prefixes are weaker. */
  dropIns(id: string, among?: ReadonlySet<string>): readonly string[] {
    const files = new Map<string, string>()
    for (const folder of dropInFolders(id))
      for (const { directory, names } of this.#listings) {
        const path = `${directory}/${folder}`
        if (!names.has(folder) || among?.has(path) === false) continue
        for (const name of namesIn(this.#process, path) ?? [])
          if (name.endsWith('.conf') && !files.has(name)) files.set(name, `${path}/${name}`)
      }
    return [...files.keys()].sort().map(name => files.get(name) ?? '')
  }

  /** Names linked in NAME.wants or NAME.requires. */
  linked(id: string, kind: 'wants' | 'requires'): readonly string[] {
    const folders = [`${id}.${kind}`, ...(templateOf(id) === undefined ? [] : [`${templateOf(id)}.${kind}`])]
    return this.#listings.flatMap(({ directory, names }) =>
      folders
        .filter(folder => names.has(folder))
        .flatMap(folder => (namesIn(this.#process, `${directory}/${folder}`) ?? []).filter(isUnitName)),
    )
  }

  #aliasOf(path: string, name: string): string | undefined {
    if (this.#process.lstat(path).type !== 'symlink') return undefined
    const target = this.#process.readlink(path)
    const base = target.slice(target.lastIndexOf('/') + 1)
    return target !== '/dev/null' && base !== name && isUnitName(base) ? base : undefined
  }

  /** null_or_empty_path(): a link to /dev/null, or nothing in it. */
  #isMask(path: string): boolean {
    if (!this.#process.exists(path)) return false
    const { type, sizeBytes } = this.#process.stat(path)
    return type === 'char-device' || (type === 'file' && sizeBytes === 0)
  }
}

function namesIn(process: Process, directory: string): readonly string[] | undefined {
  try {
    return process.readdir(directory)
  } catch (error) {
    if (error instanceof KernelError) return undefined
    throw error
  }
}

/** `a-b.service` has drop-ins in a-b.service.d, a-.service.d and service.d. */
function dropInFolders(id: string): readonly string[] {
  const type = id.slice(id.lastIndexOf('.') + 1)
  const stem = id.slice(0, id.lastIndexOf('.'))
  const template = templateOf(id)
  const dashes = [...stem.matchAll(/-(?=.)/g)].map(match => `${stem.slice(0, match.index + 1)}.${type}.d`)
  return [`${id}.d`, ...(template === undefined ? [] : [`${template}.d`]), ...dashes.reverse(), `${type}.d`]
}
