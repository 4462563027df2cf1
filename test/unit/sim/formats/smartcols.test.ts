import { expect, it } from 'vitest'
import { formatTable } from '../../../../sim/formats/smartcols.ts'

it('a header that is not shown still makes its column wide', () => {
  const text = formatTable([{ name: 'TARGET' }, { name: 'ID', isRight: true }], [['/', '7']], {
    hasHeader: false,
  })
  expect(text).toBe('/       7\n')
})
