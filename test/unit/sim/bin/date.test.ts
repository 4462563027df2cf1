import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('date tells the virtual clock: a sleep moves it', async () => {
  expect(await out('a=$(date +%s); sleep 90; echo $(($(date +%s) - a))')).toBe('90\n')
})
