import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('ln -sfn replaces a link to a directory instead of going into it', async () => {
  expect(await out('mkdir d e; ln -s d l; ln -sfn e l; readlink l')).toBe('e\n')
})
