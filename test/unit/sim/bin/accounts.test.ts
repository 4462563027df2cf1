import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('numbers stand where there is no name', async () => {
  expect(await out("touch f; chown 4242:4243 f; ls -l f | cut -d' ' -f3,4")).toBe('4242 4243\n')
})
