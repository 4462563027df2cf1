import { expect, it } from 'vitest'
import { sh } from '../bare-machine.ts'

it('/bin/false fails', async () => {
  expect((await sh('/bin/false')).exitCode).toBe(1)
})
