import { join } from 'node:path'
import type { ArchivePackage, ArchiveVersions, SuiteRecord } from '../../src/format/catalogue.ts'
import type { ContentRecord } from '../../src/format/image.ts'
import { type Archive, fieldOf } from '../archive.ts'
import { archiveSuites } from './archive-sources.ts'
import { recordPackage } from './package-files.ts'

/** What `catalogue.txt` asks for. */
export interface CatalogueList {
  readonly wanted: readonly string[]
  readonly askedFor: readonly string[]
}

/** Reads the list: one name a line, `?` before one that is only asked for. */
export function parseCatalogueList(text: string): CatalogueList {
  const names = text
    .split('\n')
    .map(line => line.replace(/#.*/, '').trim())
    .filter(line => line !== '')
  return {
    wanted: names.filter(name => !name.startsWith('?')),
    askedFor: names.filter(name => name.startsWith('?')).map(name => name.slice(1).trim()),
  }
}

const INSTALLED_WITH = ['Pre-Depends', 'Depends', 'Recommends']

/** Names of the first alternative that the archive has, of every group that is installed along. */
export function neededBy(stanza: string, names: ReadonlySet<string>): string[] {
  return INSTALLED_WITH.flatMap(field => fieldOf(stanza, field).split(','))
    .map(group => group.split('|').map(alternative => alternative.trim().replace(/[ :(].*/, '')))
    .flatMap(alternatives => alternatives.find(name => names.has(name)) ?? [])
    .filter(name => name !== '')
}

/**
 * The wanted packages, with all that they need and that a host does not have; of what it has their own direct needs, which
 * go with them when they are removed.
 */
export async function closure(
  archive: Archive,
  wanted: readonly string[],
  options: { readonly names: ReadonlySet<string>; readonly installed: ReadonlySet<string> },
): Promise<ReadonlyMap<string, string>> {
  const { names, installed } = options
  const found = new Map<string, string>()
  let next = wanted.filter(name => names.has(name))
  for (let isFirst = true; next.length > 0; isFirst = false) {
    const stanzas = await archive.stanzas(next)
    for (const [name, stanza] of stanzas) found.set(name, stanza)
    const needed = new Set([...stanzas.values()].flatMap(stanza => neededBy(stanza, names)))
    next = [...needed].filter(name => !found.has(name) && (isFirst || !installed.has(name)))
    if (isFirst) next = await withoutBase(archive, next, installed)
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** What no host is ever without is not unpacked anew. */
async function withoutBase(
  archive: Archive,
  names: readonly string[],
  installed: ReadonlySet<string>,
): Promise<string[]> {
  const stanzas = await archive.stanzas(names.filter(name => installed.has(name)))
  const isBase = (name: string): boolean =>
    /^(required|important|standard)$/.test(fieldOf(stanzas.get(name) ?? '', 'Priority'))
  return names.filter(name => !isBase(name))
}

/** Versions of packages by name, as `Catalogue` has them. */
export async function versionsOf(
  archive: Archive,
  names: readonly string[],
  suites: readonly { readonly suite: string }[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const versions = new Map<string, Map<string, number[]>>()
  for (const [name, version, place] of await archive.madison(names)) {
    if (place.endsWith(' Sources')) continue
    const suite = suites.findIndex(each => place.split(' ')[1] === `${each.suite}/main`)
    if (suite < 0) throw new Error(`${name} ${version} is in ${place}, which is none of the release's suites`)
    const known = versions.get(name) ?? new Map<string, number[]>()
    versions.set(name, known.set(version, [...(known.get(version) ?? []), suite]))
  }
  return new Map(
    [...versions].map(([name, known]) => [
      name,
      [...known].map(([version, where]) => [version, ...where.sort()].join(' ')),
    ]),
  )
}

/** What the signed index of a suite says that apt tells of. */
export function recordSuite(
  source: { readonly uri: string; readonly suite: string },
  inRelease: { readonly text: string; readonly sizeBytes: number },
): SuiteRecord {
  const sizeOf = (path: string): number | undefined => {
    const [, size] = new RegExp(`^ [0-9a-f]{64} +(\\d+) ${path}$`, 'm').exec(inRelease.text) ?? []
    return size === undefined ? undefined : Number(size)
  }
  const fields = ['Origin', 'Label', 'Suite', 'Version', 'Codename', 'Date']
    .map(name => [name, fieldOf(inRelease.text, name)] as const)
    .filter(([, value]) => value !== '')
  const translationBytes = sizeOf('main/i18n/Translation-en.xz')
  return {
    ...source,
    release: Object.fromEntries(fields),
    inReleaseBytes: inRelease.sizeBytes,
    packagesBytes: sizeOf('main/binary-amd64/Packages.xz') ?? 0,
    ...(translationBytes === undefined ? {} : { translationBytes }),
  }
}

/** Everything of a catalogue that comes from the archive. */
export async function recordArchive(
  archive: Archive,
  list: CatalogueList,
  options: {
    readonly suite: string
    readonly installed: ReadonlySet<string>
    readonly scratch: string
  },
) {
  const { installed, scratch } = options
  const sources = archiveSuites(options)
  const names = await archive.names()
  const stanzas = await closure(archive, list.wanted, { names, installed })
  const versions = await versionsOf(archive, [...stanzas.keys()], sources)
  const content: Record<string, ContentRecord> = {}
  const packages: ArchivePackage[] = []
  const debs = await archive.download([...stanzas.keys()])
  for (const [name, stanza] of stanzas) {
    const deb = debs.find(path => path.split('/').at(-1)?.startsWith(`${name}_`))
    if (deb === undefined) throw new Error(`${name} was not fetched`)
    const { content: own, ...files } = await recordPackage(deb, join(scratch, name))
    Object.assign(content, own)
    packages.push({ name, stanza, versions: versions.get(name) ?? [], ...files })
  }
  const asked = [...new Set([...list.askedFor, ...installed])].filter(name => !stanzas.has(name)).sort()
  const absent = [...list.wanted, ...list.askedFor].filter(name => !names.has(name)).sort()
  const mentioned = await archive.mentionedNames()
  return {
    suites: sources.map(source => recordSuite(source, archive.inRelease(source.suite))),
    packages,
    others: await recordOthers(archive, asked, { names, sources }),
    absent,
    mentioned: absent.filter(name => mentioned.has(name)),
    content: Object.fromEntries(Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

async function recordOthers(
  archive: Archive,
  asked: readonly string[],
  options: { readonly names: ReadonlySet<string>; readonly sources: readonly { readonly suite: string }[] },
): Promise<ArchiveVersions[]> {
  const there = asked.filter(name => options.names.has(name))
  const versions = await versionsOf(archive, there, options.sources)
  return there.map(name => ({ name, versions: versions.get(name) ?? [] }))
}
