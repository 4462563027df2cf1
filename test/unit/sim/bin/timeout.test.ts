import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it("timeout is 124 when the time was up, the program's status otherwise", async () => {
  expect(await out("timeout 1 sleep 9; echo $?; timeout 9 sh -c 'exit 4'; echo $?")).toBe('124\n4\n')
})
