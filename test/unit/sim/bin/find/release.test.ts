import { expect, it } from 'vitest'
import { bootWithoutInit } from '../../../../parity/containerd-machine.ts'
import { imageOf, run } from '../../../../simulated.ts'

it.each([
  ['debian-12-container', "find: 'nosuch' is not the name of a known user\n"],
  ['debian-13-container', "find: invalid user name or UID argument to -user: 'nosuch'\n"],
] as const)('an unknown user on %s', async (name, words) => {
  const said = await run(bootWithoutInit(imageOf(name)), ['find', '/', '-user', 'nosuch'], {})
  expect(said.stderr).toBe(words)
})
