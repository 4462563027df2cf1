import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

it('a file with two names is counted once', async () => {
  const machine = await boot('debian-12-container')
  await run(machine, [
    'sh',
    '-c',
    'mkdir /root/d && head -c 5000 /dev/zero >/root/d/a && ln /root/d/a /root/d/b',
  ])
  expect((await run(machine, ['du', '/root/d'])).stdout).toBe('12\t/root/d\n')
})

it('a directory has an apparent size up to coreutils 9.1', async () => {
  const said = []
  for (const image of ['debian-12-container', 'debian-13-container']) {
    const machine = await boot(image)
    await run(machine, ['sh', '-c', 'mount -t tmpfs one /mnt && head -c 5000 /dev/zero >/mnt/five'])
    said.push((await run(machine, ['du', '-b', '/mnt'])).stdout)
  }
  expect(said).toEqual(['5060\t/mnt\n', '5000\t/mnt\n'])
})
