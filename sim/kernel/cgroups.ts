import { Unsimulated } from '../../src/host/host.ts'
import type { Mount, MountsState } from './mounts.ts'

/** How the controllers are mounted, and by which systemd. */
export interface Hierarchy {
  readonly mode: 'unified' | 'hybrid' | 'legacy'
  /** By their names on v2. */
  readonly controllers: readonly string[]
  readonly systemdVersion: number
}

/** The first systemd that does not run on v1 any more unless it is forced to (NEWS, "CHANGES WITH 256"). */
const WITHOUT_V1 = 256

/** Controllers of v1 in the order in which the kernel has them (include/linux/cgroup_subsys.h); some share a mount. */
const V1_MOUNTS: readonly (readonly string[])[] = [
  ['cpuset'],
  ['cpu', 'cpuacct'],
  ['blkio'],
  ['memory'],
  ['devices'],
  ['freezer'],
  ['net_cls', 'net_prio'],
  ['perf_event'],
  ['hugetlb'],
  ['pids'],
  ['rdma'],
  ['misc'],
]

/** Controllers that v1 has whatever v2 has. */
const ONLY_V1 = new Set(['cpuacct', 'devices', 'freezer', 'net_cls', 'net_prio', 'perf_event'])

/** The mounts of controllers on v1, as the kernel with these controllers has them. */
export const v1Mounts = (controllers: readonly string[]): readonly (readonly string[])[] =>
  V1_MOUNTS.filter(([first = '']) => {
    const name = first === 'blkio' ? 'io' : first
    return ONLY_V1.has(first) || controllers.includes(name)
  })

/** The mounts of systemd 247 to 255 below /sys/fs/cgroup in another mode than the image's: mount_setup(). */
export function withHierarchy(mounts: MountsState, hierarchy: Hierarchy): MountsState {
  const { mode, controllers, systemdVersion } = hierarchy
  if (systemdVersion >= WITHOUT_V1) throw new Unsimulated('boot', `systemd ${systemdVersion} with cgroup v1`)
  const unified = mounts.find(({ target }) => target === '/sys/fs/cgroup')
  if (unified === undefined || mode === 'unified')
    throw new Unsimulated('boot', `cgroups in the mode ${mode}`)
  const flags = ['nosuid', 'nodev', 'noexec']
  const next = { id: Math.max(...mounts.map(({ id }) => id)) + 1, minor: freeMinor(mounts) }
  const mount = (target: string, fstype: string, superOptions: string): Mount => ({
    ...unified,
    id: next.id++,
    parentId: unified.id,
    superblock: fstype === 'cgroup' ? `cgroup:${target}` : fstype,
    fstype,
    source: fstype,
    target: `/sys/fs/cgroup/${target}`,
    options: ['rw', ...flags, 'relatime'],
    superOptions,
    majorMinor: `0:${next.minor++}`,
    ...(unified.peerGroup === undefined ? {} : { peerGroup: next.id }),
  })
  const top: Mount = {
    ...unified,
    superblock: 'tmpfs:/sys/fs/cgroup',
    fstype: 'tmpfs',
    source: 'tmpfs',
    options: ['ro', ...flags],
    superOptions: 'ro,size=4096k,nr_inodes=1024,mode=755,inode64',
  }
  const below = [
    ...(mode === 'hybrid' ? [mount('unified', 'cgroup2', 'rw,nsdelegate')] : []),
    mount(
      'systemd',
      'cgroup',
      `rw,xattr,${mode === 'legacy' ? 'release_agent=/lib/systemd/systemd-cgroups-agent,' : ''}name=systemd`,
    ),
    ...v1Mounts(controllers).map(names => mount(names.join(','), 'cgroup', `rw,${names.join(',')}`)),
  ]
  return [...mounts.flatMap(other => (other.id === unified.id ? [top] : [other])), ...below]
}

function freeMinor(mounts: MountsState): number {
  const minors = mounts.map(({ majorMinor }) => majorMinor.split(':')).filter(([major]) => major === '0')
  return Math.max(...minors.map(([, minor]) => Number(minor))) + 1
}
