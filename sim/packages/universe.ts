import type { ArchivePackage, ArchiveVersions, Catalogue, SuiteRecord } from '../../src/format/catalogue.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import { type PackageFile, packageFile } from './archive-package.ts'
import { Database, type Package } from './database.ts'
import { inPackageOrder } from './hash-order.ts'
import { meets, type Relation } from './relation.ts'
import { LISTS, listName, readSources, type Source } from './sources.ts'
import { compareVersions } from './version.ts'

/** A suite that apt has the index of. */
export type KnownSuite = SuiteRecord

/** One version of a package and where it can be had. */
export interface AvailableVersion {
  readonly version: string
  readonly suites: readonly KnownSuite[]
  /** What there is to unpack; undefined where that was not recorded. */
  readonly record: ArchivePackage | undefined
}

/** What apt knows: dpkg's database, and the archives whose indexes it fetched. */
export class Universe {
  readonly database: Database
  readonly #program: string
  readonly #catalogue: Catalogue | undefined
  readonly #hasIndexes: boolean
  readonly #versions = new Map<string, AvailableVersion[]>()

  constructor(process: Process) {
    this.database = new Database(process)
    this.#program = process.name
    const { archive } = process.system.bus
    this.#catalogue = archive.catalogue
    const sources = readSources(process)
    const isKnown = (suite: SuiteRecord): boolean =>
      sources.some(source => isOf(source, suite)) &&
      process.exists(`${LISTS}/${listName(suite, 'InRelease')}`)
    this.#hasIndexes = archive.catalogue?.suites.some(isKnown) === true
    const others = new Map(sources.map(({ uri }) => [uri, archive.other(uri)]))
    for (const catalogue of [archive.catalogue, ...others.values()])
      if (catalogue !== undefined) this.#add(catalogue, isKnown)
    for (const versions of this.#versions.values())
      versions.sort((a, b) => compareVersions(b.version, a.version))
  }

  #add(catalogue: Catalogue, isKnown: (suite: SuiteRecord) => boolean): void {
    const suites = catalogue.suites.map(suite => (isKnown(suite) ? suite : undefined))
    const add = ({ name, versions }: ArchiveVersions, record?: ArchivePackage): void => {
      for (const line of versions) {
        const [version = '', ...places] = line.split(' ')
        const there = places.flatMap(place => suites[Number(place)] ?? [])
        if (there.length === 0) continue
        const known = this.#versions.get(name) ?? []
        const isOwn = record !== undefined && packageFile(record).item.version === version
        this.#versions.set(name, [...known, { version, suites: there, record: isOwn ? record : undefined }])
      }
    }
    for (const record of catalogue.packages) add(record, record)
    for (const other of catalogue.others) add(other)
  }

  /** Versions of a package in the archives, highest first. */
  versions(name: string): readonly AvailableVersion[] {
    return this.#versions.get(name) ?? []
  }

  /** The version that apt would take: the highest; undefined where there is none, not even an installed one. */
  candidate(name: string): string | undefined {
    const there = this.installed(name)?.version
    const [best] = this.versions(name)
    if (best === undefined || (there !== undefined && compareVersions(there, best.version) >= 0)) return there
    return best.version
  }

  /** The package as dpkg has it, if its files are there. */
  installed(name: string): Package | undefined {
    const item = this.database.find(name)
    return item?.isThere === true ? item : undefined
  }

  /** The file of the candidate. `Unsimulated` where it is known only that there is one. */
  file(name: string): PackageFile | undefined {
    const [best] = this.versions(name)
    if (best === undefined) return undefined
    if (best.record !== undefined) return packageFile(best.record)
    throw new Unsimulated(this.#program, `version ${best.version} of ${name}: its content was not recorded`)
  }

  /** Whether apt has heard of a name, if only in another package's relations. */
  whatIsKnown(name: string): 'package' | 'name' | 'nothing' {
    if (this.database.find(name) !== undefined || this.versions(name).length > 0) return 'package'
    if (this.#catalogue === undefined || !this.#hasIndexes) return this.#whatIsInstalledKnows(name)
    if (this.#catalogue.mentioned.includes(name)) return 'name'
    if (this.#catalogue.absent.includes(name)) return this.#whatIsInstalledKnows(name)
    throw new Unsimulated(this.#program, `the package ${name}, of which the catalogue knows nothing`)
  }

  #whatIsInstalledKnows(name: string): 'name' | 'nothing' {
    const relations = [
      'Depends',
      'Pre-Depends',
      'Recommends',
      'Suggests',
      'Conflicts',
      'Breaks',
      'Replaces',
      'Provides',
    ]
    const word = new RegExp(`(^|[\\s,|])${name.replace(/[.+]/g, '\\$&')}($|[\\s,|:(])`)
    return this.database.all.some(item => relations.some(field => word.test(item.field(field))))
      ? 'name'
      : 'nothing'
  }

  /** Names of packages of the archives that meet a relation by what they provide, in the order in which apt has them. */
  providers(relation: Relation): readonly string[] {
    const names = [...this.#versions]
      .filter(([name]) => name !== relation.name)
      .filter(
        ([, [best]]) => best?.record !== undefined && meets(packageFile(best.record).item.offer, relation),
      )
      .map(([name]) => name)
    return inPackageOrder(names)
  }
}

/** Debian's archives have components, of which `main` was recorded; a flat one has none. */
const isOf = (source: Source, suite: SuiteRecord): boolean =>
  source.uri === suite.uri &&
  source.suite === suite.suite &&
  (suite.suite === '/' || source.components.includes('main'))
