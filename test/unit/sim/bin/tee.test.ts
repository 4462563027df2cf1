import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('tee -a appends; a file that it cannot write is told of and the rest is written', async () => {
  expect(await out('echo a > f; echo b | tee -a f /no/such 2>/dev/null; cat f || true')).toBe('b\na\nb\n')
})
