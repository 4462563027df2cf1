import { expect, it } from 'vitest'
import { boot, put, run } from '../../../simulated.ts'

it.each([
  ['debian-11', 'unknown user: nosuch', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n\n'],
  ['debian-14', 'unknown user nosuch', '/usr/sbin:/usr/bin:/sbin:/bin\n/root\n'],
])('sudo of %s has its words and the PATH of its sudoers', async (image, words, told) => {
  const machine = await boot(image)
  expect((await run(machine, ['sudo', '-u', 'nosuch', 'true'])).stderr).toContain(words)
  expect((await run(machine, ['sudo', 'sh', '-c', 'echo "$PATH"; echo "$SUDO_HOME"'])).stdout).toBe(told)
})

it('rules of the operator for others than root are not simulated', async () => {
  const machine = await boot('debian-12')
  put(machine, '/etc/sudoers.d/own', 'nobody ALL=(ALL) NOPASSWD: ALL\n', 0o440)
  await expect(run(machine, ['sudo', '-u', 'nobody', 'sudo', '-n', 'true'])).rejects.toThrow(
    'rules of sudoers',
  )
})
