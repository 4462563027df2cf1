import { expect, it } from 'vitest'
import { humanSize } from '../../../../sim/bin/human-size.ts'

it('sizes have one digit after the point where it is not zero', () => {
  expect([0, 1023, 1024, 1536, 1024 ** 3].map(humanSize)).toEqual(['0B', '1023B', '1K', '1.5K', '1G'])
})
