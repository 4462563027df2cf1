import { expect, it } from 'vitest'
import { Unsimulated } from '../../../../src/host/host.ts'
import { boot, run } from '../../../simulated.ts'

const machine = await boot('debian-12-container')

it('apt-cache policy knows what is installed, and after an update where it can be had', async () => {
  const copy = machine.fork()
  const policy = async () => (await run(copy, ['apt-cache', 'policy', 'containerd'])).stdout
  const head =
    'containerd:\n  Installed: 1.6.20~ds1-1+deb12u3\n  Candidate: 1.6.20~ds1-1+deb12u3\n  Version table:\n'
  expect(await policy()).toBe(`${head} *** 1.6.20~ds1-1+deb12u3 100\n        100 /var/lib/dpkg/status\n`)
  await run(copy, ['apt-get', 'update'])
  expect(await policy()).toBe(`${head} *** 1.6.20~ds1-1+deb12u3 500
        500 http://deb.debian.org/debian bookworm/main amd64 Packages
        100 /var/lib/dpkg/status
     1.6.20~ds1-1+deb12u2 500
        500 http://deb.debian.org/debian-security bookworm-security/main amd64 Packages
`)
})

it('apt-cache search is not simulated', async () => {
  await expect(run(machine.fork(), ['apt-cache', 'search', 'x'])).rejects.toThrow(Unsimulated)
})
