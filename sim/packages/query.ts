import { fnmatch } from '../formats/fnmatch.ts'
import type { Process } from '../process.ts'
import { packageTools } from './capabilities.ts'
import { Database, type Package } from './database.ts'
import { inPathOrder } from './hash-order.ts'
import { knownPackages, packageTable } from './package-list.ts'
import { DEFAULT_FORMAT, showPackage } from './show-format.ts'
import { inDatabaseOrder, stanzaText } from './stanza.ts'

/** One question to the database: what of dpkg-query(1) dpkg(1) passes on too. */
export interface Query {
  readonly process: Process
  readonly database: Database
  readonly words: readonly string[]
}

/** A query of a process. */
export const queryOf = (process: Process, words: readonly string[]): Query => ({
  process,
  database: new Database(process),
  words,
})

/** The packages that the patterns name, each once a pattern, with a complaint for each that names none. */
function matching({ process, database, words }: Query): { found: readonly Package[]; misses: number } {
  const known = knownPackages(database)
  let misses = 0
  const hit = new Set<Package>()
  for (const word of words) {
    const matches = known.filter(item => isMatch(item, word))
    if (matches.length === 0) {
      process.complain(`dpkg-query: no packages found matching ${word}\n`)
      misses++
    }
    for (const item of matches) hit.add(item)
  }
  return { found: known.filter(item => hit.has(item)), misses }
}

const isMatch = (item: Package, pattern: string): boolean =>
  pattern.includes(':') ? fnmatch(pattern, `${item.name}:${item.architecture}`) : fnmatch(pattern, item.name)

/** `--list`. */
export function list(query: Query): number {
  const { process, database, words } = query
  const { hasWideList } = packageTools(process.system.bus.archive)
  const there = database.all.filter(item => item.status.state !== 'not-installed')
  const { found, misses } = words.length === 0 ? { found: there, misses: 0 } : matching(query)
  const ordered = [...found].sort((a, b) => (a.name < b.name ? -1 : 1))
  if (ordered.length > 0) process.print(packageTable(ordered, { all: ordered, isWide: hasWideList }))
  return misses > 0 ? 1 : 0
}

/** `--show`. */
export function show(query: Query, format = DEFAULT_FORMAT): number {
  const { process, database, words } = query
  const there = database.all.filter(item => item.status.state !== 'not-installed')
  const { found, misses } = words.length === 0 ? { found: there, misses: 0 } : matching(query)
  const ordered = [...found].sort((a, b) => (a.name < b.name ? -1 : 1))
  process.print(ordered.map(item => showPackage(item, format, database)).join(''))
  return misses > 0 ? 1 : 0
}

/** `--status`. */
export function status({ process, database, words }: Query): number {
  let failures = 0
  let isFirst = true
  const names = words.length > 0 ? words : database.all.map(item => item.displayName)
  for (const word of names) {
    const item = database.find(word)
    if (item === undefined || item.status.state === 'not-installed') {
      process.complain(`dpkg-query: package '${word}' is not installed and no information is available\n`)
      failures++
      continue
    }
    process.print(`${isFirst ? '' : '\n'}${stanzaText(inDatabaseOrder(item.fields))}`)
    isFirst = false
  }
  if (failures > 0) process.complain('Use dpkg --info (= dpkg-deb --info) to examine archive files.\n')
  return failures > 0 ? 1 : 0
}

/** `--listfiles`. */
export function listFiles({ process, database, words }: Query): number {
  let failures = 0
  let isFirst = true
  for (const word of words) {
    const item = database.find(word)
    const files = item === undefined ? [] : database.files(item)
    if (!isFirst) process.print('\n')
    isFirst = false
    if (item === undefined || item.status.state === 'not-installed') {
      process.complain(`dpkg-query: package '${word}' is not installed\n`)
      failures++
    } else if (files.length === 0) process.print(`Package '${word}' does not contain any files (!)\n`)
    else process.print(files.map(path => `${path}\n${divertedLine(database, item, path)}`).join(''))
  }
  if (failures > 0)
    process.complain('Use dpkg --contents (= dpkg-deb --contents) to list archive files contents.\n')
  return failures > 0 ? 1 : 0
}

function divertedLine(database: Database, item: Package, path: string): string {
  const diversion = database.diversions.find(({ from, by }) => from === path && by !== item.name)
  return diversion === undefined ? '' : `diverted by ${diversion.by} to: ${diversion.to}\n`
}

/** `--search`. */
export function search({ process, database, words }: Query): number {
  const owners = new Map<string, string[]>()
  for (const item of database.all)
    for (const path of database.files(item)) {
      const names = owners.get(path)
      if (names === undefined) owners.set(path, [item.displayName])
      else names.unshift(item.displayName)
    }
  let misses = 0
  for (const word of words) {
    const found = searchOne(database, owners, word)
    process.print(found)
    if (found !== '') continue
    process.complain(`dpkg-query: no path found matching pattern ${word}\n`)
    misses++
  }
  return misses > 0 ? 1 : 0
}

function searchOne(database: Database, owners: ReadonlyMap<string, readonly string[]>, word: string): string {
  const pattern = /^[*[?/]/.test(word) ? word : `*${word}*`
  if (!/[*[?\\]/.test(pattern)) {
    const path = pattern.replace(/(.)\/+$/, '$1')
    return diversionLines(database, path) + ownerLine(owners, path)
  }
  const paths = [...owners.keys()].filter(path => fnmatch(pattern, path))
  return inPathOrder(paths)
    .map(path => diversionLines(database, path) + ownerLine(owners, path))
    .join('')
}

function ownerLine(owners: ReadonlyMap<string, readonly string[]>, path: string): string {
  const names = owners.get(path)
  return names === undefined ? '' : `${names.join(', ')}: ${path}\n`
}

function diversionLines(database: Database, path: string): string {
  const diversion = database.diversions.find(({ from, to }) => from === path || to === path)
  if (diversion === undefined) return ''
  const { from, to, by } = diversion
  return by === ':'
    ? `local diversion from: ${from}\nlocal diversion to: ${to}\n`
    : `diversion by ${by} from: ${from}\ndiversion by ${by} to: ${to}\n`
}
