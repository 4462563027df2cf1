import { expect, it } from 'vitest'
import { boot, imageOf, put, run } from '../../../simulated.ts'

/** What the recorder heard. */
const recorded = (name: string): string => {
  const exchange = imageOf(name).exchanges.find(({ argv }) => argv[1] === 'list-unit-files')
  if (typeof exchange?.stdout !== 'string') throw new Error(`${name}: list-unit-files was not recorded`)
  return exchange.stdout
}

it.each(['debian-11-container', 'debian-12-container', 'debian-13-container', 'debian-14-container'])(
  'all unit files of %s have the state and the preset that were recorded',
  async name => {
    const machine = await boot(name)
    expect((await run(machine, ['systemctl', 'list-unit-files', '--plain', '--no-legend'])).stdout).toBe(
      recorded(name),
    )
  },
)

it('the first line of the preset files that fits decides, those of /etc before those of /usr', async () => {
  const machine = await boot('debian-12-container')
  put(machine, '/etc/systemd/system-preset/10-site.preset', 'enable debug-shell.service\ndisable *shell*\n')
  const { stdout } = await run(machine, [
    'systemctl',
    'list-unit-files',
    '--no-legend',
    'debug-shell.service',
  ])
  expect(stdout).toBe('debug-shell.service disabled enabled\n')
})
