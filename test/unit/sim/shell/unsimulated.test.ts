import { describe, expect, it } from 'vitest'
import { Unsimulated } from '../../../../src/host/host.ts'
import { bash, sh } from '../bare-machine.ts'

describe('what is not simulated ends the run, whatever the script does about failures', () => {
  it.each([
    'ls --author || true',
    'if ls --author; then :; fi',
    'ls --author | cat',
    'x=$(ls --author) || :',
    '(ls --author) || true',
    '! ls --author',
    'ls --author & wait $! || true',
    'trap "ls --author" EXIT',
    'f() { ls --author; }; f || true',
    'eval "ls --author" || true',
    'cat <(ls --author) || true',
  ])('bash: %s', async script => {
    await expect(bash(script)).rejects.toThrow(Unsimulated)
  })

  it('a builtin that bash has and this one has not is not "command not found"', async () => {
    await expect(bash('compgen -v || true')).rejects.toThrow(
      'bash: the builtin compgen is not simulated (line 1)',
    )
    expect((await sh('compgen -v')).exitCode).toBe(127)
  })

  it('an option that only the real program has is no usage error', async () => {
    await expect(sh('mkdir --context=x d')).rejects.toThrow('mkdir: the option --context is not simulated')
  })
})
