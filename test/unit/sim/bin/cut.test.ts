import { expect, it } from 'vitest'
import { out, sh } from '../bare-machine.ts'

it('cut gives fields in their own order, and lines without a delimiter whole', async () => {
  expect(await out("printf 'a:b:c\\nnone\\n' | cut -d: -f3,1")).toBe('a:c\nnone\n')
})

it('a character of cut is a byte', async () => {
  expect(await out("printf 'a\\303\\251' | cut -c1-2 | od -An -tx1")).toBe(' 61 c3 0a\n')
})

it('cut without a list is a wrong command line', async () => {
  expect((await sh('cut f')).stderr).toContain('you must specify a list of bytes, characters, or fields')
})
