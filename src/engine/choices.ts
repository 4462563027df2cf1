import type { CgroupDriver, NodeConfig } from '../config/node-config.ts'
import type { Facts } from './facts/index.ts'
import { pauseImage } from './pause-image.ts'

/** A decision that several phases need, with the reason that a person is told. */
export interface Choice<T> {
  readonly value: T
  readonly why: string
}

/**
 * Who manages cgroups. Where systemd is PID 1 it owns the cgroup tree, all the more on cgroup v2, so kubelet and
 * containerd must ask it; a second manager beside it sees another picture of the node's resources.
 */
export function cgroupDriver(facts: Facts, config: NodeConfig): Choice<CgroupDriver> {
  if (config.cgroupDriver !== 'auto') {
    return { value: config.cgroupDriver, why: 'the configuration says so' }
  }
  const { init } = facts.kernel
  if (init !== 'systemd') return { value: 'cgroupfs', why: `PID 1 is ${init}` }
  const onV2 = facts.cgroups.mode === 'unified' ? ' and cgroups are v2' : ''
  return { value: 'systemd', why: `PID 1 is systemd${onV2}` }
}

/** What a configured driver leads to that does not fit the host; undefined when it fits. */
export function driverWarning(facts: Facts, config: NodeConfig): string | undefined {
  if (config.cgroupDriver !== 'cgroupfs' || facts.kernel.init !== 'systemd') return undefined
  const onV2 = facts.cgroups.mode === 'unified' ? ', and cgroup v2 expects one single writer' : ''
  return (
    'cgroupDriver = "cgroupfs" puts a second manager of cgroups beside systemd: the two see different pictures of ' +
    `the node's resources, and nodes become unstable under memory or CPU pressure${onV2}`
  )
}

/** The Kubernetes version that is configured, else that of the installed kubelet. */
export const kubernetesVersion = (facts: Facts, config: NodeConfig): string | undefined =>
  config.kubernetesVersion ?? facts.kubelet.version

/** The image that the kubelet was told to keep from its garbage collection. */
export const keptSandboxImage = (facts: Facts): string | undefined =>
  facts.kubelet.flags.findLast(flag => flag.name === 'pod-infra-container-image')?.value

/**
 * The sandbox image. What the operator says comes first, then what kubeadm of the configured version expects, then
 * what the kubelet that is there keeps from garbage collection, then what kubeadm of that kubelet's version expects.
 * When nothing says which Kubernetes it will be, containerd's own choice stays: any other could be wrong.
 */
export function sandboxImage(facts: Facts, config: NodeConfig): Choice<string | undefined> {
  if (config.sandboxImage !== undefined)
    return { value: config.sandboxImage, why: 'the configuration says so' }
  const expected = (version: string | undefined, whose: string): Choice<string | undefined>[] => {
    const value = version === undefined ? undefined : pauseImage(version)
    return value === undefined ? [] : [{ value, why: `kubeadm expects it for ${whose} ${version}` }]
  }
  const kept = keptSandboxImage(facts)
  const [first] = [
    ...expected(config.kubernetesVersion, 'Kubernetes'),
    ...(kept === undefined ? [] : [{ value: kept, why: 'the kubelet keeps it from garbage collection' }]),
    ...expected(facts.kubelet.version, 'the installed kubelet'),
  ]
  return first ?? { value: undefined, why: 'neither kubernetesVersion nor sandboxImage is configured' }
}
