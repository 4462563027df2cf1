import { expect, it } from 'vitest'
import { out, sh } from '../bare-machine.ts'

it('env -i starts with nothing', async () => {
  expect(await out('env -i A=1 env')).toBe('A=1\n')
})

it('env of a program that is not there is 127', async () => {
  expect((await sh('env nosuch')).exitCode).toBe(127)
})
