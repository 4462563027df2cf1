import { expect, it } from 'vitest'
import { out } from '../../bare-machine.ts'

it('a file stays open between two prints and is truncated once', async () => {
  expect(await out(`awk 'BEGIN { print 1 > "f"; print 2 > "f" }'; cat f`)).toBe('1\n2\n')
})

it('close() of a command waits for it and gives its status', async () => {
  expect(await out(`awk 'BEGIN { print "x" | "cat; exit 4"; print close("cat; exit 4") }'`)).toBe('x\n4\n')
})
