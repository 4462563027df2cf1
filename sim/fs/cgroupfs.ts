import { Unsimulated } from '../../src/host/host.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { KernDirectory, KernNode } from './kernfs.ts'

/**
 * The unified hierarchy, cgroups(7) version 2: groups are those that processes are in; the controllers are the
 * image's.
 */
export function cgroupRoot(kernel: Kernel): KernDirectory {
  return group(kernel, '')
}

function group(kernel: Kernel, path: string): KernDirectory {
  const nodes = groupFiles(kernel, path)
  return {
    kind: 'directory',
    mode: 0o755,
    names: () => undefined,
    lookup(name) {
      if (Object.hasOwn(nodes, name)) return nodes[name]
      const below = `${path}/${name}`
      if (/^(?:cgroup|cpu|cpuset|io|memory|pids|hugetlb|rdma|misc)\./.test(name))
        throw new Unsimulated('cgroup2', below)
      const isThere = [...kernel.processes.all.values()].some(
        ({ cgroup }) => cgroup === below || cgroup.startsWith(`${below}/`),
      )
      return isThere ? group(kernel, below) : undefined
    },
  }
}

function groupFiles(kernel: Kernel, path: string): Readonly<Record<string, KernNode>> {
  const controllers = `${kernel.record.cgroup.controllers.join(' ')}\n`
  const members = (): string =>
    [...kernel.processes.all.values()]
      .filter(({ cgroup }) => cgroup === (path === '' ? '/' : path))
      .map(({ pid }) => `${pid}\n`)
      .join('')
  return {
    'cgroup.controllers': { kind: 'file', mode: 0o444, read: () => controllers },
    'cgroup.procs': { kind: 'file', mode: 0o644, read: members },
  }
}
