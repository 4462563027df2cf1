import { expect, it } from 'vitest'
import { Unsimulated } from '../../../../src/host/host.ts'
import { boot, run } from '../../../simulated.ts'

it('apt warns, counts after an update, and keeps no packages', async () => {
  const machine = await boot('debian-12-container')
  const updated = await run(machine, ['apt', 'update'])
  expect(updated.stderr).toBe(
    '\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n',
  )
  expect(updated.stdout).toMatch(
    /\nReading package lists\.\.\.\nBuilding dependency tree\.\.\.\nReading state information\.\.\.\nAll packages are up to date\.\n$/,
  )
  expect((await run(machine, ['apt', 'install', '-y', 'socat'])).exitCode).toBe(0)
  expect((await run(machine, ['ls', '/var/cache/apt/archives'])).stdout).not.toContain('.deb')
})

it('apt 3 is not simulated', async () => {
  await expect(run(await boot('debian-13-container'), ['apt', 'update'])).rejects.toThrow(Unsimulated)
})
