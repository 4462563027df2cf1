import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

it.each([
  ['debian-11-container', 255, 'sysctl: cannot stat /proc/sys/nothere/key: No such file or directory\n'],
  ['debian-12-container', 1, 'sysctl: cannot stat /proc/sys/nothere/key: No such file or directory\n'],
])('on %s a key that is not there is a failure of %i', async (image, exitCode, stderr) => {
  expect(await run(await boot(image), ['sysctl', 'nothere.key'])).toEqual({ exitCode, stdout: '', stderr })
})

it.each([
  ['debian-12-container', 0, 'Invalid argument'],
  ['debian-13-container', 0, 'Operation not permitted'],
  ['debian-14-container', 1, 'Operation not permitted'],
])('on %s setting a key that nobody may write exits %i', async (image, exitCode, reason) => {
  expect(await run(await boot(image), ['sysctl', 'kernel.ostype=x'])).toEqual({
    exitCode,
    stdout: '',
    stderr: `sysctl: setting key "kernel.ostype": ${reason}\n`,
  })
})
