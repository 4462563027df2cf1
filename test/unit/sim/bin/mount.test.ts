import { expect, it } from 'vitest'
import { sh } from '../bare-machine.ts'

it('a file system that was remounted read-only refuses writes', async () => {
  const said = await sh('mount -t tmpfs x /mnt; mount -o remount,ro /mnt; touch /mnt/f')
  expect(said).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: "touch: cannot touch '/mnt/f': Read-only file system\n",
  })
})
