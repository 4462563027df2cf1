import { expect, it } from 'vitest'
import { sh } from '../bare-machine.ts'

it('rm -rf / is refused', async () => {
  expect((await sh('rm -rf /')).exitCode).toBe(1)
})

it('rm -f of what is not there succeeds', async () => {
  expect((await sh('rm -f nosuch')).exitCode).toBe(0)
})
