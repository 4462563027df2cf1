import { expect, it } from 'vitest'
import { bootWithoutInit } from '../../../../parity/containerd-machine.ts'
import { imageOf, run } from '../../../../simulated.ts'

it.each([
  ['debian-12-container', '2.14748e+09\n'],
  ['debian-13-container', '2147483648\n'],
] as const)('2^31 on %s', async (name, shown) => {
  const said = await run(bootWithoutInit(imageOf(name)), ['awk', 'BEGIN { print 2^31 }'], {})
  expect(said.stdout).toBe(shown)
})
