import { expect, it } from 'vitest'
import { out, sh } from '../bare-machine.ts'

it('cat goes on behind a file that is not there, and fails', async () => {
  expect((await sh('echo x > f; cat nosuch f')).exitCode).toBe(1)
})

it('cat - is standard input', async () => {
  expect(await out('echo in | cat -')).toBe('in\n')
})
