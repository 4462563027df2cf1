import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('/bin/pwd is the physical directory', async () => {
  expect(await out('mkdir d; ln -s d l; cd l; /bin/pwd')).toBe('/root/d\n')
})
