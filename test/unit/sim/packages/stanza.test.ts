import { expect, test } from 'vitest'
import { meets, parseRelations, relationText } from '../../../../sim/packages/relation.ts'
import { inDatabaseOrder, ofPackage, parseStanza, stanzaText } from '../../../../sim/packages/stanza.ts'

const TEXT = `Package: a
Version: 1:2-3
Conffiles:
 /etc/a 0123
Description: first
 second
`

test('a paragraph is read and written as it was', () => {
  expect(stanzaText(parseStanza(TEXT))).toBe(TEXT)
})

test('the index’s own fields are none of a package’s, and the database has an order of its own', () => {
  const index = parseStanza(
    'Package: a\nHomepage: h\nBuilt-Using: b\nSize: 1\nStatus: s\nDescription-en: d\n',
  )
  expect([...inDatabaseOrder(ofPackage(index)).keys()]).toEqual([
    'Package',
    'Status',
    'Description',
    'Built-Using',
    'Homepage',
  ])
})

test('relations have alternatives, architectures and versions', () => {
  const [first, second] = parseRelations('libc6 (>= 2.34), perl:any | debconf-2.0')
  expect(first?.map(relationText)).toEqual(['libc6 (>= 2.34)'])
  expect(second?.map(({ name }) => name)).toEqual(['perl', 'debconf-2.0'])
  const provides = parseRelations('debconf-2.0').flat()
  const [relation] = parseRelations('debconf-2.0').flat()
  expect(relation !== undefined && meets({ name: 'debconf', version: '1', provides }, relation)).toBe(true)
})
