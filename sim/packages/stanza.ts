/** A paragraph of deb822(5): fields in their order, values with their continuation lines as they stand. */
export type Stanza = ReadonlyMap<string, string>

/** The paragraphs of a file. */
export function parseStanzas(text: string): Stanza[] {
  return text
    .split(/\n{2,}/)
    .filter(paragraph => paragraph.trim() !== '')
    .map(parseStanza)
}

/** One paragraph. */
export function parseStanza(text: string): Stanza {
  const fields = new Map<string, string>()
  let name = ''
  for (const line of text.split('\n')) {
    if (line === '') continue
    if (/^[ \t]/.test(line)) {
      fields.set(name, `${fields.get(name) ?? ''}\n${line}`)
      continue
    }
    const colon = line.indexOf(':')
    name = line.slice(0, colon)
    fields.set(name, line.slice(colon + 1).replace(/^[ \t]+/, ''))
  }
  return fields
}

/** The paragraph as dpkg writes it, without the empty line behind it. */
export const stanzaText = (stanza: Stanza): string =>
  [...stanza].map(([name, value]) => `${name}:${value.startsWith('\n') ? '' : ' '}${value}\n`).join('')

/** `fieldinfos` of dpkg's lib/dpkg/parse.c, in whose order the database is written; other fields follow as they came. */
const ORDER =
  `Package Essential Protected Status Priority Section Installed-Size Origin Maintainer Bugs Architecture
  Multi-Arch Source Version Config-Version Replaces Provides Depends Pre-Depends Recommends Suggests Breaks Conflicts
  Enhances Conffiles Filename Size MD5sum Description Triggers-Pending Triggers-Awaited`.split(/\s+/)

/** Fields in the order of dpkg's database. */
export function inDatabaseOrder(fields: Stanza): Stanza {
  const place = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length)
  return new Map([...fields].sort(([a], [b]) => place(a) - place(b)))
}

/** What the archive's index adds to a package's own fields. */
const OF_THE_INDEX = [
  'Filename',
  'Size',
  'MD5sum',
  'SHA1',
  'SHA256',
  'Description-md5',
  'Tag',
  'Task',
  'Build-Ids',
]

/**
 * The fields that dpkg keeps of a package whose stanza of the index this is. dpkg-gencontrol writes Built-Using before
 * Homepage, the index has them by name.
 */
export function ofPackage(index: Stanza): Stanza {
  const fields = new Map(
    [...index]
      .filter(([name]) => !OF_THE_INDEX.includes(name))
      .map(([name, value]) => [name === 'Description-en' ? 'Description' : name, value]),
  )
  const homepage = fields.get('Homepage')
  if (homepage !== undefined) {
    fields.delete('Homepage')
    fields.set('Homepage', homepage)
  }
  return fields
}
