import { expect, test } from 'vitest'
import { asRoot, explainSudo } from '../../../../src/host/sudo.ts'
import { BOOTSTRAP } from '../../../../src/host/wire.ts'

test('the way to root is one word that csh and fish take literally too', () => {
  expect(asRoot(BOOTSTRAP)).not.toMatch(/[\n\\!]/)
})

test('what sudo did not write is not taken for its refusal', () => {
  expect(explainSudo('Connection closed by 10.0.0.7 port 22', 'ann')).toBeUndefined()
})
