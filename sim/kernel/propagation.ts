import { KernelError } from '../../src/host/errno.ts'
import type { Mount, MountsState } from './mounts.ts'

/** Documentation/filesystems/sharedsubtree.rst: what a mount does with mounts and unmounts on its peers. */
export type PropagationType = 'shared' | 'slave' | 'private' | 'unbindable'

/** What of a mount tells how it propagates. */
export interface Propagation {
  /** Mounts of one peer group do everything alike: `shared:N` of mountinfo. */
  readonly peerGroup?: number
  /** The peer group that it follows: `master:N`. */
  readonly master?: number
  readonly isUnbindable?: true
}

/** The lowest free number of a peer group: mnt_alloc_group_id() of fs/namespace.c. */
export function freePeerGroup(state: MountsState): number {
  const taken = new Set(state.flatMap(({ peerGroup }) => peerGroup ?? []))
  let group = 1
  while (taken.has(group)) group++
  return group
}

/** A mount of the same group, or one that follows it at some distance, and how. */
export interface Follower {
  readonly mount: Mount
  /** The group whose slave its copies are; undefined for a peer, whose copies are peers. */
  readonly via: number | undefined
}

/** All that a change on a mount reaches, in the manner of propagation_next() of fs/pnode.c: peers, then slaves. */
export function followersOf(state: MountsState, mount: Mount): readonly Follower[] {
  const { peerGroup } = mount
  if (peerGroup === undefined) return []
  const peers = state.filter(other => other.peerGroup === peerGroup && other.id !== mount.id)
  return [...peers.map(peer => ({ mount: peer, via: undefined })), ...slavesOf(state, peerGroup)]
}

function slavesOf(state: MountsState, group: number): readonly Follower[] {
  return state
    .filter(({ master }) => master === group)
    .flatMap(slave => [
      { mount: slave, via: group },
      ...(slave.peerGroup === undefined ? [] : slavesOf(state, slave.peerGroup)),
    ])
}

/** Where in a follower a place of a mount's file system is seen; undefined where it is not. */
export function placeIn(follower: Mount, inside: string): string | undefined {
  const { root, target } = follower
  if (root !== '/' && inside !== root && !inside.startsWith(`${root}/`)) return undefined
  const below = root === '/' ? inside : inside.slice(root.length)
  if (below === '' || below === '/') return target
  return `${target === '/' ? '' : target}${below}`
}

/** The path within its file system of a place on a mount. */
export function insideOf(mount: Mount, path: string): string {
  const below = mount.target === '/' ? path : path.slice(mount.target.length)
  return `${mount.root === '/' ? '' : mount.root}${below === '/' ? '' : below}` || '/'
}

/** mount --make-*: do_change_type() of fs/namespace.c, on the mounts that are named. */
export function changePropagation(
  state: MountsState,
  ids: readonly number[],
  type: PropagationType,
): MountsState {
  return ids.reduce((now, id) => changeOne(now, id, type), state)
}

function changeOne(state: MountsState, id: number, type: PropagationType): MountsState {
  const mount = state.find(other => other.id === id)
  if (mount === undefined) throw new KernelError('EINVAL')
  const { peerGroup, master, isUnbindable: _, ...rest } = mount
  if (type === 'shared') {
    const shared = {
      ...rest,
      ...(master === undefined ? {} : { master }),
      peerGroup: peerGroup ?? freePeerGroup(state),
    }
    return state.map(other => (other.id === id ? shared : other))
  }
  const hasPeers = state.some(other => other.peerGroup === peerGroup && other.id !== id)
  const isLast = peerGroup !== undefined && !hasPeers
  const followed = peerGroup !== undefined && hasPeers ? peerGroup : master
  const changed: Mount = {
    ...rest,
    ...(type === 'slave' && followed !== undefined ? { master: followed } : {}),
    ...(type === 'unbindable' ? { isUnbindable: true as const } : {}),
  }
  const orphaned = isLast ? peerGroup : undefined
  return state.map(other => {
    if (other.id === id) return changed
    // The slaves of a group that ends follow what the group followed.
    return orphaned !== undefined && other.master === orphaned ? withMaster(other, master) : other
  })
}

/** The slaves of a group that has lost its last mount. */
export function withoutEmptyGroups(state: MountsState, gone: Mount): MountsState {
  const { peerGroup, master } = gone
  if (peerGroup === undefined || state.some(other => other.peerGroup === peerGroup)) return state
  return state.map(other => (other.master === peerGroup ? withMaster(other, master) : other))
}

function withMaster(mount: Mount, master: number | undefined): Mount {
  const { master: _, ...rest } = mount
  return master === undefined ? rest : { ...rest, master }
}

/** The optional fields of proc_pid_mountinfo(5). */
export const optionalFields = ({ peerGroup, master, isUnbindable }: Propagation): readonly string[] => [
  ...(peerGroup === undefined ? [] : [`shared:${peerGroup}`]),
  ...(master === undefined ? [] : [`master:${master}`]),
  ...(isUnbindable ? ['unbindable'] : []),
]
