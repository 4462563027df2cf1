import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('a text tool leaves standard input alone when it has a file', async () => {
  expect(await out("echo a > f; printf '1\\n2\\n' | while read -r n; do grep -c a f; done")).toBe('1\n1\n')
})
