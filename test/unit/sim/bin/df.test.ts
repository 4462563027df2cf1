import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

it('df tells the room of a file system in the unit that is asked for', async () => {
  const machine = await boot('debian-12-container')
  await run(machine, ['sh', '-c', 'mount -t tmpfs -o size=1m one /mnt && head -c 5000 /dev/zero >/mnt/five'])
  expect((await run(machine, ['df', '/mnt'])).stdout).toBe(
    'Filesystem     1K-blocks  Used Available Use% Mounted on\none                 1024     8      1016   1% /mnt\n',
  )
  expect((await run(machine, ['df', '-h', '--output=size,avail,target', '/mnt'])).stdout).toBe(
    ' Size Avail Mounted on\n 1.0M 1016K /mnt\n',
  )
})

it('a path that is not there exits 1', async () => {
  expect(await run(await boot('debian-12-container'), ['df', '/nothere'])).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'df: /nothere: No such file or directory\n',
  })
})
