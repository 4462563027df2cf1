import { expect, it } from 'vitest'
import { out, sh } from '../bare-machine.ts'

it('bash takes its script from -c, a file, or standard input', async () => {
  expect(
    await out("echo 'echo $0 $1' > s; bash s a; bash -c 'echo $0 $1' n b; echo 'echo $1' | bash -s c"),
  ).toBe('s a\nn b\nc\n')
})

it('bash refuses an option that it does not have', async () => {
  expect((await sh('bash -Z; exit $?')).exitCode).toBe(2)
})
