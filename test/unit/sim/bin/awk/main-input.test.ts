import { expect, it } from 'vitest'
import { out, sh } from '../../bare-machine.ts'

it('an assignment among the files is made when its turn comes', async () => {
  expect(await out(`echo a > f; awk '{ print x, $1 }' x=1 f x=2 f`)).toBe('1 a\n2 a\n')
})

it('a file that is not there ends awk with 2', async () => {
  const said = await sh(`awk 1 nosuch`)
  expect(said).toMatchObject({ exitCode: 2, stderr: 'awk: cannot open nosuch (No such file or directory)\n' })
})
