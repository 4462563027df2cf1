import { expect, it } from 'vitest'
import { boot, put, run } from '../../../simulated.ts'

const applied = (stdout: string): readonly string[] =>
  [...stdout.matchAll(/^\* Applying (.*) \.\.\.$/gm)].map(([, path = '']) => path)

it('--system reads /etc/sysctl.conf last, also where the release ships none', async () => {
  const machine = await boot('debian-13-container')
  put(machine, '/etc/sysctl.conf', 'net.ipv4.ip_forward = 1\n')
  put(machine, '/etc/sysctl.d/zz.conf', 'net.ipv4.ip_forward = 0\n')
  const { stdout } = await run(machine, ['sysctl', '-r', 'ip_forward', '--system'])
  expect(applied(stdout).slice(-2)).toEqual(['/etc/sysctl.d/zz.conf', '/etc/sysctl.conf'])
  expect((await run(machine, ['sysctl', '-n', 'net.ipv4.ip_forward'])).stdout).toBe('1\n')
})

it('a file in /etc hides one of the same name in /run', async () => {
  const machine = await boot('debian-12-container')
  put(machine, '/run/sysctl.d/50-x.conf', 'net.ipv4.ip_forward = 1\n')
  put(machine, '/etc/sysctl.d/50-x.conf', '# nothing\n')
  const { stdout } = await run(machine, ['sysctl', '-r', 'ip_forward', '--system'])
  expect(applied(stdout)).toContain('/etc/sysctl.d/50-x.conf')
  expect(applied(stdout)).not.toContain('/run/sysctl.d/50-x.conf')
})

it('-p - reads standard input', async () => {
  const machine = await boot('debian-12-container')
  const stdin = new TextEncoder().encode('net.ipv4.ip_forward = 1\n')
  expect(await run(machine, ['sysctl', '-p', '-'], { stdin })).toEqual({
    exitCode: 0,
    stdout: 'net.ipv4.ip_forward = 1\n',
    stderr: '',
  })
})

it('4.0.7 heeds what follows --system, the others do not', async () => {
  const said = []
  for (const image of ['debian-13-container', 'debian-14-container'])
    said.push(
      (await run(await boot(image), ['sysctl', '--system', '--dry-run', '--quiet'])).stdout.includes(
        '* Applying',
      ),
    )
  expect(said).toEqual([true, false])
})
