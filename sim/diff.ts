import { decodeText } from '../src/host/surrogate-escape.ts'
import { contentStore } from './fs/bytes.ts'
import type { Ino, Inode } from './fs/inode.ts'
import { ROOT_INO, type TreeState } from './fs/tree.ts'
import type { Mount } from './kernel/mounts.ts'
import type { MachineState } from './machine.ts'
import { DEAD, type SystemdState } from './systemd/state.ts'

/** One thing that two states of a machine do not have alike; undefined on the side that does not have it. */
export interface Difference<T> {
  readonly name: string
  readonly before: T | undefined
  readonly after: T | undefined
}

/** A file as far as a person compares it. */
export interface FileView {
  readonly type: Inode['type']
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** A file's text, a symlink's target; undefined for what has neither, or whose content the image does not hold. */
  readonly text: string | undefined
}

/** What changed between two states of a machine, each list sorted by name. Times, PIDs and logs are left out. */
export interface MachineDiff {
  /** By path, on all mounted file systems that store. */
  readonly files: readonly Difference<FileView>[]
  /** By path below /proc/sys. */
  readonly sysctl: readonly Difference<string>[]
  /** Refcounts of live modules. */
  readonly modules: readonly Difference<number>[]
  /** `active (running)`, of units that are in memory. */
  readonly units: readonly Difference<string>[]
  /** `FSTYPE SOURCE OPTIONS` by mount point; the newest where several lie on each other. */
  readonly mounts: readonly Difference<string>[]
}

/** Compares two states of one machine, or of two machines of one image. */
export function diffStates(before: MachineState, after: MachineState): MachineDiff {
  return {
    files: differences(filesOf(before, after), filesOf(after, before)),
    sysctl: differences(sysctlOf(before), sysctlOf(after)),
    modules: differences(modulesOf(before), modulesOf(after)),
    units: differences(unitsOf(before), unitsOf(after)),
    mounts: differences(mountsOf(before), mountsOf(after)),
  }
}

function differences<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): Difference<T>[] {
  const names = new Set([...before.keys(), ...after.keys()])
  return [...names]
    .sort((a, b) => (a < b ? -1 : 1))
    .map(name => ({ name, before: before.get(name), after: after.get(name) }))
    .filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after))
}

/** The files of a state, but for those that are the very same in the other. */
function filesOf(state: MachineState, other: MachineState): ReadonlyMap<string, FileView> {
  const files = new Map<string, FileView>()
  for (const mount of state.mounts) {
    const tree = state.trees.get(mount.superblock)
    if (tree === undefined || isHidden(mount, state.mounts)) continue
    const same = isMountedAlike(mount, other) ? other.trees.get(mount.superblock) : undefined
    const root = typeof mount.rootNode === 'number' ? mount.rootNode : ROOT_INO
    walk(tree, root, mount.target === '/' ? '' : mount.target, (path, ino, inode) => {
      if (path !== '' && same?.inodes.get(ino) !== inode) files.set(path, viewOf(inode))
      else if (path !== '' && !isNamedAlike(path)) files.set(path, viewOf(inode))
    })
  }
  return files

  /** An inode that did not change may have got another name: then it is told by both. */
  function isNamedAlike(path: string): boolean {
    return pathsOf(other).has(path) && pathsOf(state).has(path)
  }
}

const isMountedAlike = (mount: Mount, other: MachineState): boolean =>
  other.mounts.some(one => one.superblock === mount.superblock && one.target === mount.target)

/** What lies under a later mount cannot be seen. */
const isHidden = (mount: Mount, mounts: readonly Mount[]): boolean =>
  mounts.some(other => other.parentId === mount.id && other.target === mount.target)

const pathSets = new WeakMap<MachineState, ReadonlySet<string>>()

function pathsOf(state: MachineState): ReadonlySet<string> {
  const known = pathSets.get(state)
  if (known !== undefined) return known
  const paths = new Set<string>()
  for (const mount of state.mounts) {
    const tree = state.trees.get(mount.superblock)
    const root = typeof mount.rootNode === 'number' ? mount.rootNode : ROOT_INO
    if (tree !== undefined && !isHidden(mount, state.mounts))
      walk(tree, root, mount.target === '/' ? '' : mount.target, path => paths.add(path))
  }
  pathSets.set(state, paths)
  return paths
}

function walk(
  tree: TreeState,
  ino: Ino,
  path: string,
  visit: (path: string, ino: Ino, inode: Inode) => void,
): void {
  const inode = tree.inodes.get(ino)
  if (inode === undefined) return
  visit(path, ino, inode)
  if (inode.type === 'directory')
    inode.entries.forEach((child, name) => void walk(tree, child, `${path}/${name}`, visit))
}

function viewOf(inode: Inode): FileView {
  const { type, mode, uid, gid } = inode
  return { type, mode, uid, gid, text: textOf(inode) }
}

function textOf(inode: Inode): string | undefined {
  if (inode.type === 'symlink') return inode.target
  if (inode.type !== 'file' || inode.isElided) return undefined
  const bytes = contentStore.get(inode.content)
  return bytes === undefined ? undefined : decodeText(bytes)
}

const sysctlOf = ({ sysctl }: MachineState): ReadonlyMap<string, string> =>
  new Map([...sysctl].map(([path, entry]) => [path, entry.errno ?? entry.value]))

function modulesOf({ modules: { live } }: MachineState): ReadonlyMap<string, number> {
  const users = (name: string): number => live.filter(({ depends }) => depends.includes(name)).length
  return new Map(live.map(({ name, heldBy }) => [name, heldBy + users(name)]))
}

function unitsOf({ daemons }: MachineState): ReadonlyMap<string, string> {
  // Written by PID 1 alone, under this name (sim/boot.ts).
  const systemd = daemons.get('systemd') as SystemdState | undefined
  const ids = systemd === undefined ? [] : [...systemd.configs.keys()]
  return new Map(
    ids.map(id => {
      const { activeState, subState } = systemd?.runtimes.get(id) ?? DEAD
      return [id, `${activeState} (${subState})`]
    }),
  )
}

const mountsOf = ({ mounts }: MachineState): ReadonlyMap<string, string> =>
  new Map(
    mounts.map(({ target, fstype, source, options }) => [target, `${fstype} ${source} ${options.join(',')}`]),
  )
