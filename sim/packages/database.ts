import type { Process } from '../process.ts'
import { type Offer, parseRelations } from './relation.ts'
import { inDatabaseOrder, parseStanzas, type Stanza, stanzaText } from './stanza.ts'

/** Where dpkg keeps what it knows. */
export const ADMIN_DIRECTORY = '/var/lib/dpkg'

const STATUS = `${ADMIN_DIRECTORY}/status`

/** The three words of the field Status: what is wanted, an error flag, what is. */
export interface Status {
  readonly want: 'unknown' | 'install' | 'hold' | 'deinstall' | 'purge'
  readonly flag: 'ok' | 'reinstreq'
  readonly state:
    | 'not-installed'
    | 'config-files'
    | 'half-installed'
    | 'unpacked'
    | 'half-configured'
    | 'triggers-awaited'
    | 'triggers-pending'
    | 'installed'
}

/** A package that dpkg knows of. */
export class Package {
  readonly fields: Stanza

  constructor(fields: Stanza) {
    this.fields = fields
  }

  field(name: string): string {
    return this.fields.get(name) ?? ''
  }

  get name(): string {
    return this.field('Package')
  }

  get version(): string {
    return this.field('Version')
  }

  get architecture(): string {
    return this.field('Architecture')
  }

  /** `libc6:amd64`: several architectures of it could be installed side by side. */
  get displayName(): string {
    return this.field('Multi-Arch') === 'same' ? `${this.name}:${this.architecture}` : this.name
  }

  get status(): Status {
    const [want, flag, state] = (this.field('Status') || 'unknown ok not-installed').split(' ')
    // dpkg writes no other words.
    return { want, flag, state } as Status
  }

  /** Unpacked at least, so that its files are there. */
  get isThere(): boolean {
    return !['not-installed', 'config-files'].includes(this.status.state)
  }

  get isInstalled(): boolean {
    return ['installed', 'triggers-pending', 'triggers-awaited'].includes(this.status.state)
  }

  get isEssential(): boolean {
    return this.field('Essential') === 'yes'
  }

  get offer(): Offer {
    return {
      name: this.name,
      version: this.version,
      provides: parseRelations(this.field('Provides')).flat(),
    }
  }

  /** The same package with other fields; '' takes a field out. */
  with(changes: Readonly<Record<string, string>>): Package {
    const fields = new Map(this.fields)
    for (const [name, value] of Object.entries(changes)) {
      if (value === '') fields.delete(name)
      else fields.set(name, value)
    }
    return new Package(fields)
  }

  withStatus(status: Partial<Status>): Package {
    const { want, flag, state } = { ...this.status, ...status }
    return this.with({ Status: `${want} ${flag} ${state}` })
  }

  /** Conffiles and the MD5 sums of what the package brought. */
  get conffiles(): readonly { readonly path: string; readonly md5: string; readonly isObsolete: boolean }[] {
    return this.field('Conffiles')
      .split('\n')
      .map(line => line.trim().split(' '))
      .flatMap(([path, md5, flag]) => (path && md5 ? [{ path, md5, isObsolete: flag === 'obsolete' }] : []))
  }
}

/** dpkg's database, read from the disk and written back to it. */
export class Database {
  readonly #process: Process
  #packages: Map<string, Package>

  constructor(process: Process) {
    this.#process = process
    this.#packages = new Map(
      parseStanzas(process.readText(STATUS)).map(fields => {
        const item = new Package(fields)
        return [item.name, item]
      }),
    )
  }

  /** By name. */
  get all(): readonly Package[] {
    return [...this.#packages.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** A package by `name` or `name:architecture`; undefined where dpkg knows nothing of it. */
  find(name: string): Package | undefined {
    const [plain = '', architecture] = name.split(':')
    const found = this.#packages.get(plain)
    const isOther =
      architecture !== undefined && found !== undefined && ![architecture, 'all'].includes(found.architecture)
    return isOther ? undefined : found
  }

  put(item: Package): void {
    this.#packages.set(item.name, item)
    this.save()
  }

  forget(name: string): void {
    this.#packages.delete(name)
    this.save()
  }

  /** Writes it as dpkg does: by name, the old one kept beside it. */
  save(): void {
    const text = this.all.map(item => `${stanzaText(inDatabaseOrder(item.fields))}\n`).join('')
    const process = this.#process
    process.writeFile(`${STATUS}-new`, text, { mode: 0o644 })
    if (process.exists(`${STATUS}-old`)) process.unlink(`${STATUS}-old`)
    process.link(STATUS, `${STATUS}-old`)
    process.rename(`${STATUS}-new`, STATUS)
  }

  /** A file of a package below info/. */
  infoPath(item: Package, kind: string): string {
    return `${ADMIN_DIRECTORY}/info/${item.displayName}.${kind}`
  }

  /** The paths that a package has, in the order of its list; none where there is no list. */
  files(item: Package): readonly string[] {
    const path = this.infoPath(item, 'list')
    if (!this.#process.exists(path)) return []
    return this.#process
      .readText(path)
      .split('\n')
      .filter(line => line !== '')
  }

  /** How many paths dpkg has in memory: what `(Reading database ...` counts. */
  countPaths(): number {
    const paths = new Set(this.all.flatMap(item => this.files(item)))
    for (const diversion of this.diversions) {
      paths.add(diversion.from)
      paths.add(diversion.to)
    }
    const interests = `${ADMIN_DIRECTORY}/triggers/File`
    const lines = this.#process.exists(interests) ? this.#process.readText(interests).split('\n') : []
    for (const line of lines) if (line !== '') paths.add(line.split(' ')[0] ?? '')
    return paths.size
  }

  /** dpkg-divert(1): what would be at `from` goes to `to`, but for the package `by`. */
  get diversions(): readonly { readonly from: string; readonly to: string; readonly by: string }[] {
    const path = `${ADMIN_DIRECTORY}/diversions`
    const lines = this.#process.exists(path) ? this.#process.readText(path).split('\n') : []
    return Array.from({ length: Math.floor(lines.length / 3) }, (_, at) => {
      const [from = '', to = '', by = ''] = lines.slice(at * 3, at * 3 + 3)
      return { from, to, by }
    })
  }
}
