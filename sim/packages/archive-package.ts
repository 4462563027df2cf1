import type { ArchivePackage } from '../../src/format/catalogue.ts'
import { decodeText } from '../../src/host/surrogate-escape.ts'
import { type ParsedLine, parseFileLine } from '../formats/file-line.ts'
import { contentStore } from '../fs/bytes.ts'
import { Package } from './database.ts'
import { ofPackage, parseStanza, type Stanza } from './stanza.ts'

/** A package's file as dpkg unpacks it. */
export interface PackageFile {
  /** What is known of it once it is unpacked. */
  readonly item: Package
  /** Its stanza of the archive's index. */
  readonly index: Stanza
  /** Name of the file: `socat_1.7.4.4-2_amd64.deb`. */
  readonly fileName: string
  readonly sizeBytes: number
  readonly files: readonly ParsedLine[]
  readonly control: readonly ParsedLine[]
}

const parsed = new WeakMap<ArchivePackage, PackageFile>()

/** A package of a catalogue; parsed once. */
export function packageFile(record: ArchivePackage): PackageFile {
  const known = parsed.get(record)
  if (known !== undefined) return known
  const index = parseStanza(record.stanza)
  const item = new Package(ofPackage(index))
  const file: PackageFile = {
    item,
    index,
    fileName: `${item.name}_${item.version.replace(':', '%3a')}_${item.architecture}.deb`,
    sizeBytes: Number(index.get('Size') ?? 0),
    files: record.files.map(parseFileLine),
    control: record.control.map(parseFileLine),
  }
  parsed.set(record, file)
  return file
}

/** A member of the control part by its name, as text. */
export function controlText(file: PackageFile, name: string): string | undefined {
  const digest = file.control.find(({ path }) => path === `/${name}`)?.digest
  const bytes = digest === undefined ? undefined : contentStore.get(digest)
  return bytes === undefined ? undefined : decodeText(bytes)
}
