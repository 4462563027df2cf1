import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

it.each([
  [
    'debian-11-container',
    'wrong fs type, bad option, bad superblock on none, missing codepage or helper program, or other error.\n',
  ],
  ['debian-13-container', "fsconfig() failed: tmpfs: Unknown parameter 'bogus'.\n"],
])('on %s mount tells what it knows of an option that is refused', async (image, words) => {
  const { exitCode, stderr } = await run(await boot(image), [
    'mount',
    '-t',
    'tmpfs',
    '-o',
    'bogus',
    'none',
    '/mnt',
  ])
  expect(exitCode).toBe(32)
  expect(stderr.startsWith(`mount: /mnt: ${words}`)).toBe(true)
})

it('only from 2.38 on mount points at the kernel log', async () => {
  const hints = []
  for (const image of ['debian-11-container', 'debian-12-container'])
    hints.push((await run(await boot(image), ['mount', '/nothere', '/mnt'])).stderr.includes('dmesg(1)'))
  expect(hints).toEqual([false, true])
})
