import { expect, it } from 'vitest'
import { out, sh } from '../bare-machine.ts'

it('sed -i breaks a hard link', async () => {
  expect(await out('echo a > f; ln f g; sed -i s/a/b/ f; cat f g')).toBe('b\na\n')
})

it('sed -i where no file can be made says so and changes nothing', async () => {
  const said = await sh(
    'mkdir d; echo a > d/f; mount --bind d d; mount -o remount,bind,ro d; sed -i s/a/b/ d/f',
  )
  expect(said.exitCode).toBe(4)
  expect(said.stderr).toMatch(/^sed: couldn't open temporary file d\/sed\w{6}: Read-only file system\n$/)
})
