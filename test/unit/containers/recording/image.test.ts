import { expect, test } from 'vitest'
import { parsePackages, parseUnits } from '../../../../containers/recording/image.ts'

test('blocks of systemctl show are units, sorted, each id once', () => {
  const block = (id: string) =>
    `Id=${id}\nLoadState=loaded\nActiveState=active\nSubState=running\nFragmentPath=/lib/${id}`
  const units = parseUnits(`${[block('b.service'), block('a.service'), block('b.service')].join('\n\n')}\n`)
  expect(units.map(unit => unit.id)).toEqual(['a.service', 'b.service'])
  expect(units[0]).toEqual({
    id: 'a.service',
    loadState: 'loaded',
    activeState: 'active',
    subState: 'running',
    unitFileState: '',
    fragmentPath: '/lib/a.service',
  })
})

test('lines of dpkg-query are packages, sorted by name', () => {
  expect(parsePackages('b\t2\tall\tinstall ok installed\na\t1:1-1\tamd64\tinstall ok installed\n')).toEqual([
    { name: 'a', version: '1:1-1', architecture: 'amd64', status: 'install ok installed' },
    { name: 'b', version: '2', architecture: 'all', status: 'install ok installed' },
  ])
})
