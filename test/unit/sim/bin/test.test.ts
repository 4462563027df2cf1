import { expect, it } from 'vitest'
import { sh } from '../bare-machine.ts'

it('/usr/bin/test compares numbers as numbers', async () => {
  expect((await sh('/usr/bin/test 10 -gt 9')).exitCode).toBe(0)
})
