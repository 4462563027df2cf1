import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it("hostname is the kernel's node name", async () => {
  expect(await out('[ $(hostname) = $(uname -n) ] && echo same')).toBe('same\n')
})
