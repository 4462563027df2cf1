import { describe, expect, it } from 'vitest'
import type { ContainerdState } from '../../../../sim/containerd/daemon.ts'
import { digestOf } from '../../../../src/host/digest.ts'
import { ContainerdMachine, vmImage } from '../../../parity/containerd-machine.ts'
import { answersOf, cases, readRecording } from '../../../parity/recorded-containerd.ts'

const recording = readRecording('1.6.20')

/** Go's map of loaded files has no order: the list is compared sorted. */
const sortImports = (text = ''): string =>
  text.replace(
    /^imports = \[(.*)\]$/m,
    (_, list: string) => `imports = [${list.split(', ').sort().join(', ')}]`,
  )

describe('containerd config dump on a simulated host', () => {
  it.each(cases)('prints of $name what the real one printed', async row => {
    const recorded = answersOf(recording, row.name)
    const host = new ContainerdMachine(vmImage, recording, row.files)
    const answer = await host.run(['containerd', ...(row.argv ?? []), 'config', 'dump'])
    expect({
      exit: `${answer.exitCode}\n`,
      stdout: sortImports(answer.stdout),
      stderr: answer.stderr.replace(/time="[^"]*"/g, 'time="TIME"'),
    }).toEqual({
      exit: recorded['dump.exit'],
      stdout: sortImports(recorded['dump.stdout']),
      stderr: recorded['dump.stderr'],
    })
  })
})

describe('containerd config migrate of 2.1', () => {
  const files = {
    '/etc/containerd/config.toml':
      'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image = "registry.example.com/pause:3.9"\n',
  }

  it('prints the file in version 3, as config dump does', async () => {
    const host = new ContainerdMachine(vmImage, readRecording('2.1.9'), files)
    const migrated = await host.run(['containerd', 'config', 'migrate'])
    expect(migrated).toEqual(await host.run(['containerd', 'config', 'dump']))
    expect(migrated.stdout).toMatch(/^version = 3\n/)
    expect(migrated.stdout).toContain("sandbox = 'registry.example.com/pause:3.9'\n")
  })
})

describe('a running containerd', () => {
  const stateOf = (host: ContainerdMachine): ContainerdState =>
    host.machine.state.daemons.get('containerd') as ContainerdState

  it('goes on with what it loaded when the file changes', async () => {
    const file = 'version = 2\noom_score = 1\n'
    const host = new ContainerdMachine(vmImage, recording, { '/etc/containerd/config.toml': file })
    await host.start(['containerd'])
    const before = stateOf(host).daemon
    host.write('/etc/containerd/config.toml', 'version = 2\noom_score = 2\n')
    const dump = await host.run(['containerd', 'config', 'dump'])
    expect(dump.stdout).toContain('oom_score = 2\n')
    expect(stateOf(host).daemon).toEqual(before)
    expect(before?.effectiveConfig).toContain('oom_score = 1\n')
    expect(before?.loadedFiles).toEqual([
      { path: '/etc/containerd/config.toml', digest: digestOf(new TextEncoder().encode(file)) },
    ])
  })

  it('lives on in a fork, and dies there alone', async () => {
    const host = new ContainerdMachine(vmImage, recording)
    const daemon = await host.start(['containerd'])
    const fork = host.fork()
    fork.machine.kill(daemon.child.pid, 'TERM')
    expect(stateOf(fork).daemon).toBeUndefined()
    expect(fork.list()).not.toContain('/run/containerd/containerd.sock\n')
    expect((await host.run(['ctr', 'plugins', 'ls'])).exitCode).toBe(0)
  })
})
