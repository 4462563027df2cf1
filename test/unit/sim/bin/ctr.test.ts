import { describe, expect, it } from 'vitest'
import { Unsimulated } from '../../../../src/host/host.ts'
import { ContainerdMachine, vmImage } from '../../../parity/containerd-machine.ts'
import { readRecording } from '../../../parity/recorded-containerd.ts'

const recording = readRecording('1.6.20')

describe.each(['1.4.13', '1.6.20', '1.7.24', '2.1.9'])(
  'ctr and containerd of %s where no daemon runs',
  version => {
    const release = readRecording(version)
    const modelled = release.commands.filter(({ argv }) => !/images|nothing/.test(argv.join(' ')))

    it.each(modelled)('answer $argv as the real ones did', async ({ argv, seconds, ...answer }) => {
      const host = new ContainerdMachine(vmImage, release)
      const startNs = host.machine.clock.monotonicNs
      expect(await host.run(argv)).toEqual(answer)
      // Only ctr waits; what else takes time is the machine that recorded.
      if (argv[0] === 'ctr') expect(Math.floor((host.lastEndNs - startNs) / 1e9)).toBe(seconds)
    })
  },
)

describe('what of ctr and containerd is not modelled', () => {
  it.each<readonly [string, ...string[]]>([
    ['ctr', 'images', 'pull', 'example.org/pause:1'],
    ['ctr', 'namespaces', 'create', 'k8s.io'],
    ['ctr', 'plugins', 'ls', '--detailed'],
    ['containerd', 'publish'],
    ['containerd', '--no-such-option'],
  ])('%s %s %s says so', async (...argv) => {
    const host = new ContainerdMachine(vmImage, recording)
    await expect(host.run(argv)).rejects.toThrow(Unsimulated)
  })
})

describe('ctr beside a daemon', () => {
  it('reaches it only at the address where it listens', async () => {
    const host = new ContainerdMachine(vmImage, recording)
    await host.start(['containerd'])
    const there = await host.run(['ctr', 'plugins', 'ls', '-q'])
    const elsewhere = await host.run(['ctr', '-a', '/run/other.sock', 'plugins', 'ls', '-q'])
    expect({ there: there.exitCode, elsewhere: elsewhere.exitCode }).toEqual({ there: 0, elsewhere: 1 })
    expect(there.stdout.split('\n')).toContain('cri')
  })

  it('is told the same identity twice, and again after a restart', async () => {
    const host = new ContainerdMachine(vmImage, recording)
    const daemon = await host.start(['containerd'])
    const first = await host.run(['ctr', 'version'])
    const second = await host.run(['ctr', 'version'])
    host.machine.kill(daemon.child.pid, 'TERM')
    await host.start(['containerd'])
    const third = await host.run(['ctr', 'version'])
    expect([second.stdout, third.stdout]).toEqual([first.stdout, first.stdout])
    expect(first.stdout).toMatch(
      /UUID: [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\n$/,
    )
  })

  it('finds nobody behind the socket that a killed daemon left', async () => {
    const host = new ContainerdMachine(vmImage, recording)
    const daemon = await host.start(['containerd'])
    host.machine.kill(daemon.child.pid, 'KILL')
    expect(host.list()).toContain('s 660 /run/containerd/containerd.sock\n')
    expect((await host.run(['ctr', 'plugins', 'ls'])).exitCode).toBe(1)
    await host.start(['containerd'])
    expect((await host.run(['ctr', 'plugins', 'ls'])).exitCode).toBe(0)
  })
})

describe('ctr lists', () => {
  it.each([
    ['namespaces', 'NAME LABELS \n'],
    ['images', 'REF TYPE DIGEST SIZE PLATFORMS LABELS \n'],
    ['containers', 'CONTAINER    IMAGE    RUNTIME    \n'],
  ])('%s of a fresh host: a heading, and nothing where names alone are wanted', async (what, heading) => {
    const host = new ContainerdMachine(vmImage, recording)
    await host.start(['containerd'])
    expect(await host.run(['ctr', what, 'ls'])).toEqual({ exitCode: 0, stdout: heading, stderr: '' })
    expect(await host.run(['ctr', '-n', 'k8s.io', what, 'ls', '-q'])).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
    })
  })

  it('knows its commands', async () => {
    const host = new ContainerdMachine(vmImage, recording)
    const said = await host.run(['ctr', 'frobnicate'])
    expect(said).toEqual({ exitCode: 3, stdout: '', stderr: "No help topic for 'frobnicate'\n" })
  })
})
