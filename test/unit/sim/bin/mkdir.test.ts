import { expect, it } from 'vitest'
import { out, sh } from '../bare-machine.ts'

it('mkdir -p is content with what is there; mkdir is not', async () => {
  expect((await sh('mkdir -p a/b; mkdir -p a/b && mkdir a/b')).exitCode).toBe(1)
})

it('mkdir -m is not cut by the umask', async () => {
  expect(await out('umask 077; mkdir -m 755 d; stat -c %a d')).toBe('755\n')
})
