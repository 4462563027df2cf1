import type { ArchivePackage, ArchiveVersions, Catalogue, SuiteRecord } from '../../src/format/catalogue.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import { type PackageFile, packageFile } from './archive-package.ts'
import { Database, type Package } from './database.ts'
import { inPackageOrder } from './hash-order.ts'
import { meets, type Relation } from './relation.ts'
import { LISTS, listName, readSources } from './sources.ts'
import { compareVersions } from './version.ts'

/** A suite that apt has the indexes of. */
export interface KnownSuite extends SuiteRecord {
  /** Its place among the catalogue's suites. */
  readonly at: number
}

/** One version of a package and where it can be had. */
export interface AvailableVersion {
  readonly version: string
  readonly suites: readonly KnownSuite[]
}

/** What apt knows: dpkg's database, and the archives whose indexes it fetched. */
export class Universe {
  readonly database: Database
  readonly suites: readonly KnownSuite[]
  readonly #program: string
  readonly #catalogue: Catalogue | undefined
  readonly #packages: ReadonlyMap<string, ArchivePackage>
  readonly #others: ReadonlyMap<string, ArchiveVersions>

  constructor(process: Process) {
    this.database = new Database(process)
    const { catalogue } = process.system.bus.archive
    this.#program = process.name
    this.#catalogue = catalogue
    this.suites = (catalogue?.suites ?? [])
      .map((suite, at) => ({ ...suite, at }))
      .filter(suite => isNamed(process, suite) && process.exists(`${LISTS}/${listName(suite, 'InRelease')}`))
    this.#packages = new Map((catalogue?.packages ?? []).map(record => [record.name, record]))
    this.#others = new Map((catalogue?.others ?? []).map(record => [record.name, record]))
  }

  /** Versions of a package in the archives, highest first. */
  versions(name: string): readonly AvailableVersion[] {
    const record = this.#packages.get(name) ?? this.#others.get(name)
    return (record?.versions ?? [])
      .map(line => line.split(' '))
      .map(([version = '', ...places]) => ({
        version,
        suites: this.suites.filter(({ at }) => places.includes(String(at))),
      }))
      .filter(({ suites }) => suites.length > 0)
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

  /** The file of the candidate. `Unsimulated` where the catalogue knows only that there is one. */
  file(name: string): PackageFile | undefined {
    const [best] = this.versions(name)
    if (best === undefined) return undefined
    const record = this.#packages.get(name)
    if (record === undefined)
      throw new Unsimulated(this.#program, `the package ${name}, whose content the catalogue does not hold`)
    const file = packageFile(record)
    if (file.item.version === best.version) return file
    throw new Unsimulated(
      'apt-get',
      `version ${best.version} of ${name}: the catalogue holds ${file.item.version}`,
    )
  }

  /** Whether apt has heard of a name, if only in another package's relations. */
  whatIsKnown(name: string): 'package' | 'name' | 'nothing' {
    if (this.database.find(name) !== undefined || this.versions(name).length > 0) return 'package'
    if (this.#catalogue === undefined || this.suites.length === 0) return this.#whatIsInstalledKnows(name)
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
    const names = [...this.#packages.values()]
      .filter(record => record.name !== relation.name && this.versions(record.name).length > 0)
      .filter(record => meets(packageFile(record).item.offer, relation))
      .map(record => record.name)
    return inPackageOrder(names)
  }
}

function isNamed(process: Process, suite: SuiteRecord): boolean {
  return readSources(process).some(
    source => source.uri === suite.uri && source.suite === suite.suite && source.components.includes('main'),
  )
}
