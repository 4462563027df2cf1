import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('realpath --relative-to walks up and down', async () => {
  expect(await out('realpath --relative-to=/usr/bin /usr/sbin/nosuch')).toBe('../sbin/nosuch\n')
})
