import { expect, it } from 'vitest'
import { Unsimulated } from '../../../../src/host/host.ts'
import { out, sh } from '../bare-machine.ts'

it('tr translates bytes, deletes and squeezes', async () => {
  expect(await out("echo aabB | tr a-z A-Z; echo a1 | tr -d 0-9; echo 'a  b' | tr -s ' '")).toBe(
    'AABB\na\na b\n',
  )
})

it('a range that goes backwards is refused', async () => {
  expect(await sh('echo abc | tr a-c c-a')).toMatchObject({
    exitCode: 1,
    stderr: "tr: range-endpoints of 'c-a' are in reverse collating sequence order\n",
  })
})

it('a repetition in a set is not simulated', async () => {
  await expect(sh("echo a | tr ab '[x*]'")).rejects.toThrow(Unsimulated)
})
