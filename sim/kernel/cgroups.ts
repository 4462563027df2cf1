import type { KernelRecord } from '../../src/format/image.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { Mount, MountsState } from './mounts.ts'

/** The first systemd that does not run on v1 any more unless it is forced to (NEWS, "CHANGES WITH 256"). */
const WITHOUT_V1 = 256

/** Where systemd mounts what there is of cgroups. */
export const CGROUP_ROOT = '/sys/fs/cgroup'

/** Controllers of v1 in the order of include/linux/cgroup_subsys.h; some share a hierarchy (join_controllers of systemd). */
const HIERARCHIES: readonly (readonly string[])[] = [
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

/** In the order of /proc/cgroups. */
const CONTROLLERS =
  `cpuset cpu cpuacct blkio memory devices freezer net_cls perf_event net_prio hugetlb pids rdma misc`.split(
    ' ',
  )

/** Controllers that v1 has whatever v2 has: they are none there. */
const ONLY_V1: readonly string[] = ['cpuacct', 'devices', 'freezer', 'net_cls', 'net_prio', 'perf_event']

/** Controllers in which systemd makes the groups of its units; in the others all is in the root (recorded). */
const WITH_UNITS: readonly string[] = ['cpu', 'memory', 'devices', 'pids']

/** One hierarchy of v1: `4:net_cls,net_prio:/` of proc_pid_cgroup(5). */
export interface V1Hierarchy {
  readonly number: number
  /** None for systemd's own. */
  readonly controllers: readonly string[]
  /** `net_cls,net_prio`, `name=systemd`. */
  readonly name: string
  readonly hasUnits: boolean
}

const isPresent = (name: string, { controllers }: KernelRecord['cgroup']): boolean =>
  ONLY_V1.includes(name) || controllers.includes(name === 'blkio' ? 'io' : name)

/** The hierarchies that are mounted, systemd's own first; in which order systemd mounts the others is chance. */
export function v1Hierarchies(cgroup: KernelRecord['cgroup']): readonly V1Hierarchy[] {
  if (cgroup.mode === 'unified') return []
  const own = { number: 1, controllers: [], name: 'name=systemd', hasUnits: true }
  const mounted = HIERARCHIES.filter(([first = '']) => isPresent(first, cgroup))
  return [
    own,
    ...mounted.map((controllers, at) => ({
      number: at + 2,
      controllers,
      name: controllers.join(','),
      hasUnits: WITH_UNITS.includes(controllers[0] ?? ''),
    })),
  ]
}

/** proc_pid_cgroup(5): the group of a process in every hierarchy, those of v1 first. */
export function cgroupLines(cgroup: KernelRecord['cgroup'], path: string): string {
  const own = cgroup.mode === 'legacy' ? '' : `0::${path}\n`
  const lines = v1Hierarchies(cgroup).map(
    ({ number, name, hasUnits }) => `${number}:${name}:${hasUnits ? path : '/'}\n`,
  )
  return lines.toReversed().join('') + own
}

/** /proc/cgroups: what this kernel was built with. How many groups there are is only known of v2's root. */
export function cgroupsText(
  cgroup: KernelRecord['cgroup'],
  built: readonly string[],
  groups: number,
): string {
  const hierarchies = v1Hierarchies(cgroup)
  const rows = CONTROLLERS.filter(name => isPresent(name, { ...cgroup, controllers: built })).map(name => {
    const hierarchy = hierarchies.find(({ controllers }) => controllers.includes(name))
    const isEnabled = isPresent(name, cgroup)
    const count = hierarchy === undefined || hierarchy.hasUnits ? groups : 1
    return `${name}\t${hierarchy?.number ?? 0}\t${isEnabled ? count : 1}\t${isEnabled ? 1 : 0}\n`
  })
  return `#subsys_name\thierarchy\tnum_cgroups\tenabled\n${rows.join('')}`
}

/** What systemd 247 to 255 mounts below /sys/fs/cgroup in another mode than v2: mount_setup(), and recorded. */
export function withHierarchies(
  mounts: MountsState,
  { cgroup, systemdVersion }: { readonly cgroup: KernelRecord['cgroup']; readonly systemdVersion: number },
): MountsState {
  if (systemdVersion >= WITHOUT_V1) throw new Unsimulated('boot', `systemd ${systemdVersion} with cgroup v1`)
  const unified = mounts.find(({ target }) => target === CGROUP_ROOT)
  if (unified === undefined) throw new Unsimulated('boot', 'a machine without cgroups')
  const flags = ['nosuid', 'nodev', 'noexec']
  const top: Mount = {
    ...unified,
    superblock: `tmpfs:${CGROUP_ROOT}`,
    fstype: 'tmpfs',
    source: 'tmpfs',
    options: ['ro', ...flags],
    superOptions: 'ro,size=4096k,nr_inodes=1024,mode=755,inode64',
  }
  const first = { id: Math.max(...mounts.map(({ id }) => id)) + 1, minor: freeMinor(mounts) }
  const wanted = [
    ...(cgroup.mode === 'hybrid' ? [{ name: 'unified', fstype: 'cgroup2', options: 'rw,nsdelegate' }] : []),
    ...v1Hierarchies(cgroup).map(({ name, controllers }) => ({
      name: controllers.length === 0 ? 'systemd' : name,
      fstype: 'cgroup',
      options: controllers.length === 0 ? `rw,xattr,${agentOf(cgroup)}name=systemd` : `rw,${name}`,
    })),
  ]
  const below = wanted.map(
    ({ name, fstype, options }, at): Mount => ({
      ...unified,
      id: first.id + at,
      parentId: unified.id,
      superblock: fstype === 'cgroup' ? `cgroup:${name}` : fstype,
      fstype,
      source: fstype,
      target: `${CGROUP_ROOT}/${name}`,
      options: ['rw', ...flags, 'relatime'],
      superOptions: options,
      majorMinor: `0:${first.minor + at}`,
      ...(unified.peerGroup === undefined ? {} : { peerGroup: first.id + at }),
    }),
  )
  return [...mounts.map(other => (other.id === unified.id ? top : other)), ...below]
}

const agentOf = ({ mode }: KernelRecord['cgroup']): string =>
  mode === 'legacy' ? 'release_agent=/lib/systemd/systemd-cgroups-agent,' : ''

/** What lies in the tmpfs there: a directory for each mount, and links for those that share one. */
export function cgroupNames(cgroup: KernelRecord['cgroup']): {
  readonly directories: readonly string[]
  readonly links: readonly (readonly [name: string, target: string])[]
} {
  const hierarchies = v1Hierarchies(cgroup)
  const names = hierarchies.map(({ name, controllers }) => (controllers.length === 0 ? 'systemd' : name))
  return {
    directories: [...(cgroup.mode === 'hybrid' ? ['unified'] : []), ...names],
    links: hierarchies.flatMap(({ name, controllers }) =>
      controllers.length > 1 ? controllers.map(controller => [controller, name] as const) : [],
    ),
  }
}

function freeMinor(mounts: MountsState): number {
  const minors = mounts.flatMap(({ majorMinor }) => {
    const [major, minor] = majorMinor.split(':').map(Number)
    return major === 0 && minor !== undefined ? [minor] : []
  })
  return Math.max(0, ...minors) + 1
}
