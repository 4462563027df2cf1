import { expect, it } from 'vitest'
import { sh } from '../bare-machine.ts'

it('several sources need a directory', async () => {
  expect((await sh('touch a b; mv a b nosuch')).stderr).toBe(
    "mv: target 'nosuch': No such file or directory\n",
  )
})
