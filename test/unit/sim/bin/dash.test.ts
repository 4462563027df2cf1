import { expect, it } from 'vitest'
import { sh } from '../bare-machine.ts'

it('sh is dash: it has no arrays', async () => {
  expect((await sh("sh -c 'a=(1)'")).exitCode).toBe(2)
})
