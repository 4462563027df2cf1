import { expect, it } from 'vitest'
import { sh } from '../bare-machine.ts'

it('sha256sum -c tells a changed file', async () => {
  expect((await sh('echo a > f; sha256sum f > s; echo b > f; sha256sum -c s')).exitCode).toBe(1)
})
