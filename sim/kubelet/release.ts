import { Unsimulated } from '../../src/host/host.ts'
import { Database } from '../packages/database.ts'
import type { Process } from '../process.ts'

/** A minor version of Kubernetes whose sources were read: nothing here was recorded from a running one. */
export interface KubernetesRelease {
  readonly minor: number
  /** `v1.31.0`. */
  readonly version: string
}

/** The minor versions that are known: 1.24 is the first without dockershim. */
export const MINORS: readonly number[] = [24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34]

/** The release of a program that was installed from a package: kubelet, kubeadm, kubectl. */
export function releaseOf(process: Process, name: string): KubernetesRelease {
  const item = new Database(process).find(name)
  const [, version, minor] = /^((?:\d+:)?1\.(\d+)\.\d+)-/.exec(item?.version ?? '') ?? []
  if (item?.isThere !== true || version === undefined || !MINORS.includes(Number(minor)))
    throw new Unsimulated(name, 'a version that is not known: it did not come from a package of pkgs.k8s.io')
  return { minor: Number(minor), version: `v${version}` }
}
