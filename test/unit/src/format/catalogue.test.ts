import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { verifyCatalogue } from '../../../../src/format/canonical.ts'
import { type Catalogue, catalogueName } from '../../../../src/format/catalogue.ts'

const folder = new URL('../../../../sim/images/catalogues/', import.meta.url)

test('a container has the archive of its release', () => {
  expect(catalogueName({ name: 'debian-13-container' })).toBe('debian-13')
})

test.each(readdirSync(folder))('%s is as its recorder left it, and holds what it names', file => {
  const catalogue: Catalogue = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
  expect(verifyCatalogue(catalogue)).toBe(true)
  expect(`${catalogue.name}.json`).toBe(file)
  const names = catalogue.packages.map(({ name }) => name)
  expect(names).toEqual([...new Set(names)].sort())
  expect(names).toEqual(expect.arrayContaining(['containerd', 'runc', 'socat', 'conntrack', 'iptables']))
  for (const { name, versions } of catalogue.packages) expect(versions, name).not.toEqual([])
  expect(catalogue.absent).toContain('kubelet')
})
