import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { criVersionOf } from '../../containers/cri.ts'
import { releaseNames } from '../../containers/release.ts'
import type { StartedContainer } from '../../containers/start.ts'
import { type CgroupDriver, DEFAULT_NODE_CONFIG } from '../../src/config/node-config.ts'
import { apply } from '../../src/engine/engine.ts'
import { describe as describeFailure } from '../../src/engine/failure.ts'
import { type Host, isFailure, type Request } from '../../src/host/host.ts'
import { encodeText } from '../../src/host/surrogate-escape.ts'
import { openHost } from '../../src/hosts.ts'
import { describeContainer } from '../real.ts'
import { expectSandbox } from './sandbox.ts'

const IMAGE = 'registry.example.com/pause:3.10'
const DRIVERS: readonly CgroupDriver[] = ['cgroupfs', 'systemd']
const TITLE = 'after apply a pod sandbox starts from the configured image, in the cgroup of the driver %s'

/**
 * What a containerd inside a container needs to run containers of its own. Its root is an overlay, which cannot be the
 * upper layer of another (Linux, Documentation/filesystems/overlayfs.rst): its data goes on a tmpfs. And without
 * CAP_SYS_RESOURCE nobody lowers a process's oom_score_adj, as CRI wants for a sandbox: containerd has an option for it.
 */
const INSIDE_A_CONTAINER: readonly Request[] = [
  { kind: 'exec', argv: ['systemctl', 'stop', 'containerd'] },
  { kind: 'exec', argv: ['mount', '-t', 'tmpfs', 'tmpfs', '/var/lib/containerd'] },
  {
    kind: 'write',
    path: '/etc/containerd/config.toml',
    content: encodeText(
      'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\n  restrict_oom_score_adj = true\n',
    ),
  },
  { kind: 'exec', argv: ['systemctl', 'start', 'containerd'] },
]

/**
 * runc writes to the controllers of cgroups (cpu.weight, cpu.shares), and a cgroup v2 tree of one's own has none on a
 * machine that keeps them on v1. There containers get the machine's hierarchy, with which systemd 262 does not boot.
 */
const isV2 = existsSync('/sys/fs/cgroup/cgroup.controllers')
const NEEDS_V2: ReadonlySet<string> = new Set(['debian-14'])

for (const name of releaseNames()) {
  const title = `pod sandboxes in a container with ${name}`
  if (isV2 || !NEEDS_V2.has(name)) {
    await describeContainer(name, title, container => tellSandboxes(name, container), {
      cgroup: isV2 ? 'unified' : 'machine',
    })
  } else {
    describe.skip(`${title} (not run: this machine has cgroup v1, and its systemd needs v2)`, () => {
      it.each(DRIVERS)(TITLE, () => undefined)
    })
  }
}

function tellSandboxes(name: string, container: () => StartedContainer): void {
  let host: Host | undefined

  beforeAll(async () => {
    process.env.DOCKER_HOST = container().dockerHost
    host = await openHost(container().name)
    expect((await host.send(INSIDE_A_CONTAINER)).filter(isFailure)).toEqual([])
  })

  afterAll(() => host?.close())

  it.each(DRIVERS)(TITLE, async driver => {
    if (host === undefined) throw new Error('no host was opened')
    const config = { ...DEFAULT_NODE_CONFIG, sandboxImage: IMAGE, cgroupDriver: driver }
    const { failures } = await apply(host, config)
    expect(failures.map(describeFailure)).toEqual([])
    await expectSandbox(host, { cri: criVersionOf(name), image: IMAGE, driver })
  })
}
