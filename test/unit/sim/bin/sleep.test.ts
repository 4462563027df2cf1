import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('sleeps add up, on the virtual clock', async () => {
  expect(await out('a=$(date +%s); sleep 1m 30s; echo $(($(date +%s) - a))')).toBe('90\n')
})
