import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

it.each(['systemctl', 'journalctl', 'systemd-detect-virt', 'hostnamectl', 'timedatectl'])(
  '%s --version tells of the package',
  async program => {
    const { stdout } = await run(await boot('debian-12-container'), [program, '--version'])
    expect(stdout).toMatch(/^systemd 252 \(252\.\S+\)\n\+PAM /)
  },
)

it.each([
  ['debian-12-container', '/lib/systemd/systemd-sysctl: '],
  ['debian-14-container', 'systemd-sysctl: '],
])('on %s a program calls itself what its getopt does', async (image, name) => {
  const { stderr } = await run(await boot(image), ['/lib/systemd/systemd-sysctl', '--bogus'])
  expect(stderr).toBe(`${name}unrecognized option '--bogus'\n`)
})

it('errors of Debian 11 are red, those of later releases are not', async () => {
  const said = async (image: string) => (await run(await boot(image), ['timedatectl', 'bogus'])).stderr
  expect(await said('debian-11-container')).toBe('\x1b[0;1;31mUnknown command verb bogus.\x1b[0m\n')
  expect(await said('debian-12-container')).toBe('Unknown command verb bogus.\n')
})
