import { expect, it } from 'vitest'
import { Unsimulated } from '../../../../../src/host/host.ts'
import { out, sh } from '../../bare-machine.ts'

it('substr() of awk takes what lies in front of the string off the length', async () => {
  expect(await out(`awk 'BEGIN { print substr("hello", -1, 3), substr("hello", 0, 2) }'`)).toBe('hell he\n')
})

it.each(['strftime()', 'mktime("x")', 'log(-1)'])('%s of awk is not simulated', async call => {
  await expect(sh(`awk 'BEGIN { print ${call} }'`)).rejects.toThrow(Unsimulated)
})
