import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

it('lsmod shows the newest module first, and its users in the order of the holders directory', async () => {
  const machine = await boot('debian-12')
  await run(machine, ['modprobe', 'ip_vs'])
  const { exitCode, stdout } = await run(machine, ['lsmod'])
  expect(exitCode).toBe(0)
  const rows = stdout.split('\n')
  expect(rows[0]).toBe('Module                  Size  Used by')
  expect(rows[1]).toBe('ip_vs                 188416  0')
  // /proc/modules has the newest user first; readdir(3) has them by hash.
  expect(stdout).toContain('libcrc32c              16384  2 nf_conntrack,ip_vs\n')
})

it('lsmod takes no arguments', async () => {
  const machine = await boot('debian-12')
  expect(await run(machine, ['lsmod', 'x'])).toEqual({ exitCode: 1, stdout: '', stderr: 'Usage: lsmod\n' })
})
