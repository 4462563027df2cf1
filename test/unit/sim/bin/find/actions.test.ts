import { expect, it } from 'vitest'
import { out, sh } from '../../bare-machine.ts'

it('-exec with + runs once, and fails find when it fails', async () => {
  expect(await out('mkdir t; : > t/1; : > t/2; find t -type f -exec echo {} +')).toBe('t/1 t/2\n')
  expect((await sh('find . -maxdepth 0 -exec false {} +')).exitCode).toBe(1)
  expect((await sh('find . -maxdepth 0 -exec false {} \\;')).exitCode).toBe(0)
})

it('-delete takes what is in a directory first', async () => {
  expect(await out('mkdir -p t/a; : > t/a/f; find t -delete; ls')).toBe('')
})
