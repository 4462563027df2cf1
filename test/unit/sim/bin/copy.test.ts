import { expect, it } from 'vitest'
import { sh } from '../bare-machine.ts'

it('a directory is not copied without -r', async () => {
  expect((await sh('mkdir d; cp d e')).exitCode).toBe(1)
})
