import { expect, it } from 'vitest'
import { sh } from '../bare-machine.ts'

it('sync of a file that is not there fails', async () => {
  expect((await sh('sync nosuch')).exitCode).toBe(1)
})
