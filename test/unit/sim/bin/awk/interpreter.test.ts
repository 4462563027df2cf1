import { expect, it } from 'vitest'
import { Unsimulated } from '../../../../../src/host/host.ts'
import { out, sh } from '../../bare-machine.ts'

it('an array that a function makes out of its parameter is that of the caller', async () => {
  expect(await out(`awk 'function f(x) { x["a"] = 1 } BEGIN { f(y); print length(y) }'`)).toBe('1\n')
})

it('a name that is a variable and an array is a mistake that is not simulated', async () => {
  await expect(sh(`awk 'BEGIN { a[1] = 1; a = 2 }'`)).rejects.toThrow(Unsimulated)
})
