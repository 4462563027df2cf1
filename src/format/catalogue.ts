import type { ContentRecord, FileLine, Image, Provenance } from './image.ts'

/**
 * What Debian's archive has for the hosts of a release, as far as it was recorded: what apt-get(8) finds there, and
 * what dpkg(1) unpacks. A recording like an image, with a digest of its own.
 */
export interface Catalogue {
  readonly format: 'seatrial-catalogue'
  readonly version: 1
  /** `debian-12`: the release whose hosts have it, machines and containers. */
  readonly name: string
  readonly provenance: Omit<Provenance, 'kind'> & { readonly kind: 'archive' }
  /** What the host's apt sources name, in the order of its lines. */
  readonly suites: readonly SuiteRecord[]
  /** Packages that can be installed, sorted by name. */
  readonly packages: readonly ArchivePackage[]
  /** Packages that the archive has and whose content was not recorded, sorted by name. */
  readonly others: readonly ArchiveVersions[]
  /** Names that were asked for and that the archive does not have, sorted. */
  readonly absent: readonly string[]
  /** Those of `absent` that some package's relations name: apt has other words for them. */
  readonly mentioned: readonly string[]
  /** Content of files by digest, as in an image. */
  readonly content: Readonly<Record<string, ContentRecord>>
  /** SHA-256 (hex) of the canonical JSON of all the other fields. */
  readonly digest: string
}

/** One `deb` line: a suite, of which apt fetches the signed index of indexes and what that lists of `main`. */
export interface SuiteRecord {
  /** `http://deb.debian.org/debian`. */
  readonly uri: string
  readonly suite: string
  /** Fields of its InRelease file that apt tells of. */
  readonly release: Readonly<Record<string, string>>
  readonly inReleaseBytes: number
  /** What is fetched of the packages' index and of its translation: compressed. Not there: not listed. */
  readonly packagesBytes: number
  readonly translationBytes?: number
}

/** A package as the archive's indexes have it. */
export interface ArchiveVersions {
  readonly name: string
  /** `VERSION SUITE…` a line, highest version first; SUITE is an index into `suites`. */
  readonly versions: readonly string[]
}

/** A package that can be installed, in the version that apt would take. */
export interface ArchivePackage extends ArchiveVersions {
  /** Its stanza of the index, as `apt-cache show` prints it. */
  readonly stanza: string
  /** What it unpacks, as an image has it. */
  readonly files: readonly FileLine[]
  /** What it puts into /var/lib/dpkg/info, by its name there without the package's: `postinst`, `conffiles`. */
  readonly control: readonly FileLine[]
}

/** The release whose archive an image's host has. */
export const catalogueName = (image: Pick<Image, 'name'>): string => image.name.replace(/-container$/, '')
