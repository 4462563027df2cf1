import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('nproc never says less than one', async () => {
  expect(await out('nproc --ignore=100000')).toBe('1\n')
})
