import { expect, it } from 'vitest'
import { sh } from '../bare-machine.ts'

it('rmdir of a directory that holds something fails', async () => {
  expect((await sh('mkdir -p a/b; rmdir a')).exitCode).toBe(1)
})
