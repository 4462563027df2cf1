import { expect, it } from 'vitest'
import type { CriVersion } from '../../containers/cri.ts'
import { type CgroupDriver, DEFAULT_NODE_CONFIG, type NodeConfig } from '../../src/config/node-config.ts'
import { apply, plan, verify } from '../../src/engine/engine.ts'
import { describe as describeFailure } from '../../src/engine/failure.ts'
import type { Host } from '../../src/host/host.ts'
import { expectSandbox } from './sandbox.ts'

/** A machine that the story is told of. */
export interface Protagonist {
  /** Freshly booted, as its packages left it. */
  readonly host: () => Host
  /** Resolves when it is up again. */
  readonly reboot: () => Promise<void>
  /** The CRI that its containerd speaks; undefined: it runs no containers. */
  readonly cri?: CriVersion
}

const IMAGE = 'registry.example.com/pause:3.10'

const configOf = (cgroupDriver: 'auto' | CgroupDriver): NodeConfig => ({
  ...DEFAULT_NODE_CONFIG,
  sandboxImage: IMAGE,
  cgroupDriver,
})

const CONFIG = configOf('auto')

/** What is missed after a reboot when a file is gone, by the names of the checks; overlay is loaded by containerd.service. */
const LOSSES = [
  {
    file: '/etc/modules-load.d/k8s.conf',
    missed: [
      'the kernel has br_netfilter',
      'net.bridge.bridge-nf-call-iptables is 1',
      'net.bridge.bridge-nf-call-ip6tables is 1',
      'overlay is there after a reboot',
      'br_netfilter is there after a reboot',
    ],
  },
  {
    file: '/etc/sysctl.d/k8s.conf',
    missed: [
      'net.ipv4.ip_forward is 1',
      ...Object.keys(DEFAULT_NODE_CONFIG.sysctls).flatMap(key => [
        `${key} is 1 after a reboot`,
        `${key} is 1 after sysctl --system`,
      ]),
    ],
  },
] as const

/**
 * The story of one machine, the same body for simulated and real ones: fresh, made a node, rebooted, robbed of a file
 * and mended. Its chapters are told in order, each on the machine that the one before left.
 */
export function tellNodeStory({ host, reboot, cri }: Protagonist): void {
  it('a fresh machine is no node: plan shows changes of every phase, and makes none', async () => {
    const { plan: planned, failures } = await plan(host(), CONFIG)
    expect(failures).toEqual([])
    expect([...new Set(planned?.steps.map(step => step.phase))]).toEqual([
      'kernel-modules',
      'sysctl',
      'containerd',
      'services',
    ])
    expect(await failedChecks(host())).toContain('the kernel has br_netfilter')
  })

  it('apply makes it a node, and a second one finds nothing to do', async () => {
    await expectApplied(host(), CONFIG, true)
    await expectApplied(host(), CONFIG, false)
  })

  if (cri !== undefined) tellSandboxes(host, cri)

  it('after a reboot verify still passes, and apply finds nothing to do', async () => {
    await reboot()
    expect(await failedChecks(host())).toEqual([])
    await expectApplied(host(), CONFIG, false)
  })

  it.each(LOSSES)(
    'without $file verify names after a reboot what was lost, and apply mends it',
    async loss => {
      expect(await host().send([{ kind: 'remove', path: loss.file }])).toEqual([{ kind: 'done' }])
      await reboot()
      expect(await failedChecks(host())).toEqual(loss.missed)
      await expectApplied(host(), CONFIG, true)
    },
  )
}

/** Both drivers, the one that the engine chooses last: the story goes on with it. */
function tellSandboxes(host: () => Host, cri: CriVersion): void {
  it('a pod sandbox starts from the configured image, in the cgroup of the driver cgroupfs', async () => {
    const { failures } = await apply(host(), configOf('cgroupfs'))
    expect(failures).toEqual([])
    await expectSandbox(host(), { cri, image: IMAGE, driver: 'cgroupfs' })
  })

  it('and with the driver that the engine chooses, in a scope of systemd', async () => {
    await expectApplied(host(), CONFIG, true)
    await expectSandbox(host(), { cri, image: IMAGE, driver: 'systemd' })
  })
}

async function expectApplied(host: Host, config: NodeConfig, hasChanged: boolean): Promise<void> {
  const applied = await apply(host, config)
  expect(applied.failures.map(describeFailure)).toEqual([])
  expect(applied.checks.filter(check => check.verdict === 'fail')).toEqual([])
  expect(applied.hasChanged).toBe(hasChanged)
}

/** The names of the checks that fail, in their order. */
async function failedChecks(host: Host): Promise<readonly string[]> {
  const { checks, failures } = await verify(host, CONFIG)
  expect(failures).toEqual([])
  return checks.filter(check => check.verdict === 'fail').map(check => check.name)
}
