import { expect, it } from 'vitest'
import { Unsimulated } from '../../../../src/host/host.ts'
import { out, sh } from '../bare-machine.ts'

it('grep -o gives the longest of the leftmost matches', async () => {
  expect(await out("echo abcabcd | grep -oE 'abc|abcabcd'")).toBe('abcabcd\n')
})

it('grep finds a back reference', async () => {
  expect(await out("printf 'ab\\naa\\n' | grep '\\(a\\)\\1'")).toBe('aa\n')
})

it('an expression that is none is trouble', async () => {
  expect(await sh("grep '[a' /dev/null")).toMatchObject({
    exitCode: 2,
    stderr: 'grep: Unmatched [, [^, [:, [., or [=\n',
  })
})

it('a file with a NUL is told of on standard error', async () => {
  expect(await sh("printf 'a\\0hit\\n' > f; grep hit f")).toMatchObject({
    exitCode: 0,
    stdout: '',
    stderr: 'grep: f: binary file matches\n',
  })
})

it.each(['-P x', '-z x', '-R x', '--color=always x', "'\\d'"])('grep %s is not simulated', async words => {
  await expect(sh(`grep ${words} /dev/null`)).rejects.toThrow(Unsimulated)
})
