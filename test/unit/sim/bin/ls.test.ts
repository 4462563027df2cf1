import { expect, it } from 'vitest'
import { out, sh } from '../bare-machine.ts'

it('ls leaves out hidden names, sorts by bytes', async () => {
  expect(await out('mkdir d; touch d/b d/B d/.h; ls d')).toBe('B\nb\n')
})

it('ls of what is not there is exit status 2', async () => {
  expect((await sh('ls nosuch')).exitCode).toBe(2)
})
