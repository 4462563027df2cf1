import { expect, it } from 'vitest'
import { SimHost } from '../../../../sim/sim-host.ts'
import { HostError, type Request } from '../../../../src/host/host.ts'
import { decodeText } from '../../../../src/host/surrogate-escape.ts'
import { boot, run } from '../../../simulated.ts'

const vm = await boot('debian-12')
const container = await boot('debian-12-container')

const script = (text: string): Request => ({ kind: 'exec', argv: ['bash', '-c', text] })

async function say(host: SimHost, text: string): Promise<{ exitCode: number; stdout: string }> {
  const [reply] = await host.send([script(text)])
  if (reply?.kind !== 'exec') throw new Error('no answer')
  return { exitCode: reply.exitCode, stdout: decodeText(reply.stdout) }
}

it.each(['reboot', 'systemctl reboot', 'shutdown -r now'])('%s boots the machine again', async command => {
  const host = new SimHost('vm', vm.fork())
  await say(host, 'echo kept > /root/kept; sysctl -w net.ipv4.ip_forward=1')
  expect(await say(host, command)).toEqual({ exitCode: 0, stdout: '' })
  expect(await say(host, 'cat /root/kept; sysctl -n net.ipv4.ip_forward')).toEqual({
    exitCode: 0,
    stdout: 'kept\n0\n',
  })
})

it('what a script does long after a reboot is not done', async () => {
  const host = new SimHost('vm', vm.fork())
  expect(await say(host, 'reboot; echo still here; sleep 60; echo never')).toEqual({
    exitCode: 143,
    stdout: 'still here\n',
  })
})

it.each([
  ['vm', 'poweroff'],
  ['vm', 'shutdown -h now'],
  ['container', 'reboot'],
])('a %s is unreachable after %s', async (kind, command) => {
  const host = new SimHost(kind, kind === 'vm' ? vm.fork() : container.fork())
  await say(host, command)
  await expect(say(host, 'true')).rejects.toThrow(HostError)
})

it('a shutdown can be planned, shown and taken back', async () => {
  const machine = vm.fork()
  const planned = await run(machine, ['shutdown', '-r', '+5'])
  expect(planned.stderr).toMatch(/^Reboot scheduled for .* UTC, use 'shutdown -c' to cancel.\n$/)
  expect((await run(machine, ['shutdown', '--show'])).stderr).toBe(planned.stderr)
  await run(machine, ['shutdown', '-c'])
  expect(await run(machine, ['shutdown', '--show'])).toMatchObject({
    exitCode: 1,
    stderr: 'No scheduled shutdown.\n',
  })
})
