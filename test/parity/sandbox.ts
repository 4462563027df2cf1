import { expect } from 'vitest'
import { importPauseImage } from '../../containers/cri/pause-image.ts'
import { type CriVersion, openCri, type PodSandboxStatus } from '../../containers/cri.ts'
import type { CgroupDriver } from '../../src/config/node-config.ts'
import type { Host } from '../../src/host/host.ts'
import { decodeText } from '../../src/host/surrogate-escape.ts'

/** A pod's sandbox that a node is to run. */
export interface SandboxQuestion {
  readonly cri: CriVersion
  /** The name that containerd is configured with. */
  readonly image: string
  readonly driver: CgroupDriver
}

/** Parents as the kubelet has them for pods of the class BestEffort, and where a sandbox's cgroup is then. */
const CGROUPS = {
  systemd: {
    parent: '/kubepods.slice/kubepods-besteffort.slice',
    of: (id: string) => `/kubepods.slice/kubepods-besteffort.slice/cri-containerd-${id}.scope`,
  },
  cgroupfs: { parent: '/kubepods/besteffort', of: (id: string) => `/kubepods/besteffort/${id}` },
} as const

/**
 * The proof of a node: a pod's sandbox starts through containerd's CRI socket from the configured image, and the kernel
 * has its process in the cgroup where the chosen driver puts it. Nothing is left behind.
 */
export async function expectSandbox(
  host: Host,
  { cri: version, image, driver }: SandboxQuestion,
): Promise<void> {
  const cri = openCri(host, version)
  await importPauseImage(host, image)
  const imageId = await cri.imageStatus(image)
  expect(imageId).toMatch(/^sha256:/)
  const { parent, of } = CGROUPS[driver]
  const id = await cri.runPodSandbox({ name: `probe-${driver}`, cgroupParent: parent })
  const status = await cri.podSandboxStatus(id)
  expect(status.isReady).toBe(true)
  expect([image, imageId]).toContain(status.image)
  expect(await cgroupOf(host, status)).toBe(of(id))
  await cri.stopPodSandbox(id)
  await cri.removePodSandbox(id)
}

/** On v2 there is one hierarchy, 0; with v1 beside it, it is the controllers that count: cgroups(7), /proc/PID/cgroup. */
async function cgroupOf(host: Host, { pid }: PodSandboxStatus): Promise<string> {
  const [reply] = await host.send([{ kind: 'read', path: `/proc/${pid}/cgroup` }])
  if (reply?.kind !== 'read') throw new Error(`the sandbox has no process ${pid}`)
  const lines = decodeText(reply.content).trim().split('\n')
  const paths = new Map(lines.map(line => /^\d+:([^:]*):(.*)$/.exec(line)?.slice(1) as [string, string]))
  return (
    [...paths].find(([controllers]) => controllers.split(',').includes('memory'))?.[1] ?? paths.get('') ?? ''
  )
}
