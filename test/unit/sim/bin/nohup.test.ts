import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('a program under nohup outlives HUP', async () => {
  expect(await out("nohup sh -c 'kill -HUP $$; echo lives'")).toBe('lives\n')
})
