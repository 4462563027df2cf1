import { expect, it } from 'vitest'
import { sh } from '../bare-machine.ts'

it("GNU's quotes are curly in a UTF-8 locale", async () => {
  expect((await sh('touch f; LC_ALL=C.UTF-8 mkdir f')).stderr).toBe(
    'mkdir: cannot create directory ‘f’: File exists\n',
  )
})
