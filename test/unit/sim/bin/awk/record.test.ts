import { expect, it } from 'vitest'
import { Fields } from '../../../../../sim/bin/awk/record.ts'

const fields = (): Fields =>
  new Fields({
    split: text => text.split(' '),
    text: value => String(value ?? ''),
    separator: () => '-',
  })

it('a field that is set makes the record again, with OFS', () => {
  const record = fields()
  record.setRecord('a b c')
  record.set(2, 'X')
  expect([record.get(0), record.count]).toEqual(['a-X-c', 3])
})

it('a field behind the last one makes those between', () => {
  const record = fields()
  record.setRecord('a')
  record.set(3, 'c')
  expect([record.get(0), record.count]).toEqual(['a--c', 3])
})
