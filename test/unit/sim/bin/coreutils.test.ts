import { expect, it } from 'vitest'
import { sh } from '../bare-machine.ts'

it('messages begin with the name as it was called', async () => {
  expect((await sh('/bin/rmdir nosuch')).stderr).toBe(
    "/bin/rmdir: failed to remove 'nosuch': No such file or directory\n",
  )
})
