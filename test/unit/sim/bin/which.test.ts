import { expect, it } from 'vitest'
import { sh } from '../bare-machine.ts'

it('which finds a program on PATH, and fails for a builtin', async () => {
  expect((await sh('which cd')).exitCode).toBe(1)
})
