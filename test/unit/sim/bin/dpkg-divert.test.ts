import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

it('dpkg-divert notes a diversion down, which dpkg -S tells of, and forgets it', async () => {
  const machine = await boot('debian-13-container')
  const words = ['--package', 'x', '--no-rename', '--divert', '/lib/a.distrib'] as const
  expect((await run(machine, ['dpkg-divert', ...words, '--add', '/lib/a'])).stdout).toBe(
    "Adding 'diversion of /lib/a to /lib/a.distrib by x'\n",
  )
  expect((await run(machine, ['dpkg', '-S', '/lib/a'])).stdout).toBe(
    'diversion by x from: /lib/a\ndiversion by x to: /lib/a.distrib\n',
  )
  expect((await run(machine, ['dpkg-divert', '--truename', '/lib/a'])).stdout).toBe('/lib/a.distrib\n')
  expect((await run(machine, ['dpkg-divert', ...words, '--remove', '/lib/a'])).stdout).toBe(
    "Removing 'diversion of /lib/a to /lib/a.distrib by x'\n",
  )
})
