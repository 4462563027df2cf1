import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { fetched } from './apt-transaction.ts'
import { sizeText } from './apt-words.ts'
import { elide } from './placing.ts'
import { LISTS, listName, readSources, type Source } from './sources.ts'

/** One file of an archive that apt fetches. */
interface IndexFile {
  readonly source: Source
  /** As it is called in the lists. */
  readonly file: string
  /** As it is called in the output. */
  readonly shown: string
  readonly sizeBytes: number
}

/** `apt-get update`: the indexes of the archives that the host names, which its network reaches. */
export function* update(process: Process, quietness: number): Blocking<number> {
  const say = (text: string): void => {
    if (quietness < 2) process.print(text)
  }
  const releases = readSources(process).map(source => releaseFile(process, source))
  let number = 0
  let bytes = 0
  const isNew = (file: IndexFile): boolean => !process.exists(`${LISTS}/${listName(file.source, file.file)}`)
  const fresh = releases.filter(isNew)
  for (const file of releases) {
    number++
    say(
      `${fresh.includes(file) ? 'Get' : 'Hit'}:${number} ${file.shown}${fresh.includes(file) ? sizeIn(file) : ''}\n`,
    )
  }
  const indexes = fresh.flatMap(file => indexFiles(process, file.source))
  for (const file of indexes) {
    number++
    say(`Get:${number} ${file.shown}${sizeIn(file)}\n`)
  }
  for (const file of [...fresh, ...indexes]) {
    keep(process, file)
    bytes += file.sizeBytes
  }
  if (bytes > 0) say(yield* fetched(process, bytes))
  say('Reading package lists...\n')
  return 0
}

const sizeIn = ({ sizeBytes }: IndexFile): string => (sizeBytes === 0 ? '' : ` [${sizeText(sizeBytes)}]`)

function suiteOf(process: Process, source: Source) {
  const { uri, suite, components, keyring } = source
  const { archive } = process.system.bus
  const suites = [...(archive.catalogue?.suites ?? []), ...(archive.other(uri)?.suites ?? [])]
  const found = suites.find(known => known.uri === uri && known.suite === suite)
  const other = components.find(component => component !== 'main')
  if (found === undefined) throw new Unsimulated('apt-get', `the archive ${uri} ${suite}`)
  if (other !== undefined) throw new Unsimulated('apt-get', `the component ${other} of ${uri} ${suite}`)
  // apt's own keys are Debian's; what signed another archive has to be somewhere.
  const isSigned = keyring === undefined ? archive.other(uri) === undefined : process.exists(keyring)
  if (!isSigned && !source.isTrusted)
    throw new Unsimulated('apt-get', `the archive ${uri}, whose key is not there`)
  return found
}

function releaseFile(process: Process, source: Source): IndexFile {
  const { inReleaseBytes } = suiteOf(process, source)
  const shown = `${source.uri} ${source.suite === '/' ? '' : source.suite} InRelease`
  return { source, file: 'InRelease', shown, sizeBytes: inReleaseBytes }
}

function indexFiles(process: Process, source: Source): readonly IndexFile[] {
  const { packagesBytes, translationBytes } = suiteOf(process, source)
  if (source.suite === '/')
    return [{ source, file: 'Packages', shown: `${source.uri}  Packages`, sizeBytes: packagesBytes }]
  const place = `${source.uri} ${source.suite}/main`
  const packages = {
    source,
    file: 'main/binary-amd64/Packages',
    shown: `${place} amd64 Packages`,
    sizeBytes: packagesBytes,
  }
  if (translationBytes === undefined) return [packages]
  const shown = `${place} Translation-en`
  return [packages, { source, file: 'main/i18n/Translation-en', shown, sizeBytes: translationBytes }]
}

function keep(process: Process, { source, file, sizeBytes }: IndexFile): void {
  const path = `${LISTS}/${listName(source, file)}`
  process.writeFile(path, '', { mode: 0o644 })
  elide(process, path, sizeBytes)
}
