import { Unsimulated } from '../../src/host/host.ts'
import { type V1Hierarchy, v1Hierarchies } from '../kernel/cgroups.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { ProcessRecord } from '../kernel/processes.ts'
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
  const { mode, controllers: names } = kernel.record.cgroup
  // On a hybrid system v1 has them all; without any the file is empty.
  const controllers = mode === 'unified' && names.length > 0 ? `${names.join(' ')}\n` : ''
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

/** A hierarchy of v1, by what it is mounted as: `memory`, `cpu,cpuacct`, `systemd`. */
export function cgroupV1Root(kernel: Kernel, name: string): KernDirectory {
  const hierarchy = v1Hierarchies(kernel.record.cgroup).find(one =>
    one.controllers.length === 0 ? name === 'systemd' : one.name === name,
  )
  return v1Group(kernel, hierarchy, '')
}

function v1Group(kernel: Kernel, hierarchy: V1Hierarchy | undefined, path: string): KernDirectory {
  const members = (): readonly ProcessRecord[] =>
    [...kernel.processes.all.values()].filter(({ cgroup }) =>
      hierarchy?.hasUnits ? cgroup === (path === '' ? '/' : path) : path === '',
    )
  const pids = (): string =>
    members()
      .map(({ pid }) => `${pid}\n`)
      .join('')
  const nodes: Readonly<Record<string, KernNode>> = {
    'cgroup.procs': { kind: 'file', mode: 0o644, read: pids },
    tasks: { kind: 'file', mode: 0o644, read: pids },
  }
  return {
    kind: 'directory',
    mode: 0o755,
    names: () => undefined,
    lookup(name) {
      if (Object.hasOwn(nodes, name)) return nodes[name]
      const below = `${path}/${name}`
      if (isV1File(name, hierarchy)) return unread(below)
      const isThere =
        hierarchy?.hasUnits === true &&
        [...kernel.processes.all.values()].some(
          ({ cgroup }) => cgroup === below || cgroup.startsWith(`${below}/`),
        )
      return isThere ? v1Group(kernel, hierarchy, below) : undefined
    },
  }
}

/** Files of the memory controller that scripts look for; memsw only where swap is accounted for, which it is by default. */
const V1_FILES: readonly string[] = ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes']

const isV1File = (name: string, hierarchy: V1Hierarchy | undefined): boolean => {
  if (V1_FILES.includes(name)) return hierarchy?.controllers.includes('memory') === true
  if (
    /^(?:cgroup|cpu|cpuacct|cpuset|blkio|memory|pids|devices|freezer|hugetlb|net_cls|net_prio|rdma|misc)\./.test(
      name,
    )
  )
    throw new Unsimulated('cgroup', name)
  return false
}

const unread = (path: string): KernNode => ({
  kind: 'file',
  mode: 0o644,
  read() {
    throw new Unsimulated('cgroup', `reading ${path}`)
  },
})
