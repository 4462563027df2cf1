import { expect, it } from 'vitest'
import { sh } from '../bare-machine.ts'

it('/bin/true succeeds', async () => {
  expect((await sh('/bin/true')).exitCode).toBe(0)
})
