import { Map as PersistentMap } from 'immutable'
import type { Image, MountRecord } from '../src/format/image.ts'
import { decodeText } from '../src/host/surrogate-escape.ts'
import { type ParsedLine, parseFileLine } from './formats/file-line.ts'
import { parseModulesDep } from './formats/modules-dep.ts'
import { daysFromCivil } from './formats/strftime.ts'
import { contentStore } from './fs/bytes.ts'
import type { Ino, Inode } from './fs/inode.ts'
import { ROOT_INO, type TreeState } from './fs/tree.ts'
import { TreeBuilder } from './fs/tree-builder.ts'
import { CGROUP_ROOT, cgroupNames, withHierarchies } from './kernel/cgroups.ts'
import { type BootWords, kernelAtBoot } from './kernel/command-line.ts'
import { type Link, parseLinks } from './kernel/links.ts'
import { type ModulesState, modulesAtBoot } from './kernel/modules.ts'
import type { Mount, MountsState } from './kernel/mounts.ts'
import { type SysctlState, sysctlAtBoot } from './kernel/sysctl.ts'

/** File systems that hold what they are told; all others are generated. */
const TREE_TYPES = new Set(['ext4', 'ext3', 'ext2', 'xfs', 'btrfs', 'overlay', 'tmpfs', 'ramfs', 'devtmpfs'])
const VOLATILE_TYPES = new Set(['tmpfs', 'ramfs', 'devtmpfs'])

/** Room on a simulated disk, unless a test says otherwise: that of a small cloud instance. */
export const DISK_BYTES = 20 * 2 ** 30

/** What a machine of an image starts from; shared by all of them. */
export interface BootState {
  readonly image: Image
  /** File systems by superblock id. */
  readonly trees: PersistentMap<string, TreeState>
  readonly mounts: MountsState
  readonly modules: ModulesState
  /** What modules.dep says. */
  readonly moduleIndex: ReadonlyMap<string, readonly string[]>
  readonly sysctl: SysctlState
  /** Every path that the image lists. */
  readonly paths: ReadonlySet<string>
  /** Seconds since the epoch when it was recorded: when its machines boot. */
  readonly recordedSeconds: number
}

const cache = new WeakMap<Image, BootState>()

/** The state that an image's machines start from. Computed once an image: machines share it. */
export function bootState(image: Image): BootState {
  const known = cache.get(image)
  if (known !== undefined) return known
  contentStore.addImage(image.content)
  if (image.catalogue !== undefined) contentStore.addImage(image.catalogue.content)
  const mounts = mountsOf(image)
  const files = image.files.map(parseFileLine)
  const state: BootState = {
    image,
    mounts,
    trees: treesOf(files, mounts, image.kernel.memTotalKiB),
    modules: modulesAtBoot(image.kernel),
    moduleIndex: moduleIndexOf(image, files),
    sysctl: sysctlAtBoot(image.kernel.sysctl),
    paths: new Set(files.map(file => file.path)),
    recordedSeconds: parseIsoSeconds(image.provenance.recordedAt),
  }
  cache.set(image, state)
  return state
}

/** Whether a file system is one that forgets at power-off. */
export const isVolatile = (fstype: string): boolean => VOLATILE_TYPES.has(fstype)

/** Whether a file system stores what it is told. */
export const isTree = (fstype: string): boolean => TREE_TYPES.has(fstype)

/**
 * In the order of mountinfo, in which a mount that was moved may stand before the one that it lies on. systemd makes all
 * mounts shared when it starts, but not in a container (mount_setup() of src/core/mount-setup.c).
 */
function mountsOf(image: Image): MountsState {
  const targets = image.mounts.map(record => record.target)
  return image.mounts.map((record, index) => ({
    id: index + 1,
    parentId: parentIndex(targets, index) + 1,
    superblock: superblockOf(record),
    fstype: record.fstype,
    source: record.source,
    target: record.target,
    root: record.root,
    ...(isFileMount(record) ? { rootNode: ROOT_INO } : {}),
    options: record.options.split(','),
    superOptions: record.superOptions,
    majorMinor: record.majorMinor,
    ...(image.provenance.kind === 'vm' ? { peerGroup: index + 1 } : {}),
  }))
}

/** The mount with the longest target above one; for a second one at the same place the first. -1 for the root. */
function parentIndex(targets: readonly string[], index: number): number {
  const target = targets[index] ?? ''
  let parent = -1
  for (const [at, other] of targets.entries()) {
    const isAbove = other === target ? at < index : other === '/' || target.startsWith(`${other}/`)
    if (isAbove && at !== index && other.length >= (targets[parent]?.length ?? 0)) parent = at
  }
  return parent
}

/** A bind mount of a piece of a stored file system gets a file system of its own: its other parts are not seen. */
const isFileMount = (record: MountRecord): boolean =>
  record.root !== '/' && isTree(record.fstype) && record.target !== '/'

function superblockOf(record: MountRecord): string {
  if (record.target === '/') return 'disk'
  return isTree(record.fstype) ? `${record.fstype}:${record.target}` : record.fstype
}

/** Which tree a directory is in, and as which inode. */
interface Place {
  readonly builder: TreeBuilder
  readonly ino: Ino
}

function treesOf(
  files: readonly ParsedLine[],
  mounts: MountsState,
  memoryKiB: number,
): PersistentMap<string, TreeState> {
  const stored = mounts.filter(mount => isTree(mount.fstype))
  const builders = new Map(stored.map(mount => [mount.target, new TreeBuilder()]))
  const directories = new Map<string, Place>()
  const inodes = new Map<string, Ino>()
  for (const file of files) {
    const parent = directories.get(file.path.slice(0, Math.max(file.path.lastIndexOf('/'), 1)))
    const mounted = builders.get(file.path)
    if (mounted !== undefined) {
      // What lies under a mount point is the same kind of file, empty.
      if (parent !== undefined && file.path !== '/')
        parent.builder.add(parent.ino, nameOf(file), inodeOf(file))
      mounted.setRoot(inodeOf(file))
      directories.set(file.path, { builder: mounted, ino: ROOT_INO })
    } else if (parent !== undefined) {
      const ino = placed(file, parent, inodes)
      inodes.set(file.path, ino)
      if (file.type === 'directory') directories.set(file.path, { builder: parent.builder, ino })
    }
  }
  return PersistentMap(stored.map(mount => [mount.superblock, treeOf(mount, builders, memoryKiB)]))
}

function placed(file: ParsedLine, parent: Place, inodes: ReadonlyMap<string, Ino>): Ino {
  const linked = file.linkTo === undefined ? undefined : inodes.get(file.linkTo)
  if (linked === undefined) return parent.builder.add(parent.ino, nameOf(file), inodeOf(file))
  parent.builder.link(parent.ino, nameOf(file), linked)
  return linked
}

/** What a tmpfs may hold: its size= option, or half of the memory. */
function memoryBytesOf({ superOptions }: Mount, memoryKiB: number): number {
  const sizeKiB = /(?:^|,)size=(\d+)k/.exec(superOptions)?.[1]
  return (sizeKiB === undefined ? Math.floor(memoryKiB / 8) * 4 : Number(sizeKiB)) * 1024
}

function treeOf(mount: Mount, builders: ReadonlyMap<string, TreeBuilder>, memoryKiB: number): TreeState {
  const builder = builders.get(mount.target) ?? new TreeBuilder()
  const isInMemory = isVolatile(mount.fstype)
  return builder.finish({
    isDurable: !isInMemory,
    capacityBytes: isInMemory ? memoryBytesOf(mount, memoryKiB) : DISK_BYTES,
  })
}

const nameOf = (file: ParsedLine): string => file.path.slice(file.path.lastIndexOf('/') + 1)

function inodeOf(file: ParsedLine): Inode {
  const { type, mode, uid, gid, mtimeSeconds, sizeBytes, digest, target, major, minor } = file
  const base = { mode, uid, gid, mtimeSeconds, ctimeSeconds: mtimeSeconds, nlink: 1 }
  if (type === 'file')
    return { ...base, type, content: digest, sizeBytes, isElided: !contentStore.has(digest) }
  if (type === 'directory')
    return { ...base, type, parent: ROOT_INO, entries: PersistentMap<string, Ino>(), nlink: 2 }
  if (type === 'symlink') return { ...base, type, target }
  if (type === 'fifo' || type === 'socket') return { ...base, type }
  return { ...base, type, major, minor }
}

/** The index of the image's own kernel; none where no module directory was recorded. */
function moduleIndexOf(image: Image, files: readonly ParsedLine[]): BootState['moduleIndex'] {
  const end = `/modules/${image.kernel.release}/modules.dep`
  const bytes = contentStore.get(files.find(file => file.path.endsWith(end))?.digest ?? '')
  return parseModulesDep(bytes === undefined ? '' : decodeText(bytes))
}

/** Seconds since the epoch of `2026-11-23T00:00:00Z`. */
export function parseIsoSeconds(text: string): number {
  const match = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)/.exec(text)
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (match ?? []).slice(1).map(Number)
  return daysFromCivil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
}

/** The interfaces that the image lists. */
export function linksOf(image: Image): readonly Link[] {
  const said = image.exchanges.find(({ argv }) => argv.join(' ') === 'ip -o link')?.stdout
  return parseLinks(typeof said === 'string' ? said : '')
}

/** The mounts of a boot, and what file systems in memory it begins with besides the image's. */
export interface BootMounts {
  readonly mounts: MountsState
  readonly trees: PersistentMap<string, TreeState>
}

/** systemd mounts other hierarchies of cgroups where the kernel's command line says so. */
export function mountsAtBoot(image: Image, boot: BootWords): BootMounts {
  const { mounts, recordedSeconds } = bootState(image)
  const { cgroup } = kernelAtBoot(image.kernel, boot)
  if (cgroup.mode === image.kernel.cgroup.mode) return { mounts, trees: PersistentMap() }
  const version = image.packages.find(({ name }) => name === 'systemd')?.version ?? ''
  const changed = withHierarchies(mounts, { cgroup, systemdVersion: Number.parseInt(version, 10) })
  const superblock = changed.find(({ target }) => target === CGROUP_ROOT)?.superblock ?? ''
  return { mounts: changed, trees: PersistentMap([[superblock, cgroupTree(cgroup, recordedSeconds)]]) }
}

function cgroupTree(cgroup: Image['kernel']['cgroup'], seconds: number): TreeState {
  const { directories, links } = cgroupNames(cgroup)
  const builder = new TreeBuilder()
  const base = { mode: 0o755, uid: 0, gid: 0, mtimeSeconds: seconds, ctimeSeconds: seconds, nlink: 1 }
  const directory: Inode = {
    ...base,
    type: 'directory',
    parent: ROOT_INO,
    entries: PersistentMap(),
    nlink: 2,
  }
  builder.setRoot(directory)
  for (const name of directories) builder.add(ROOT_INO, name, directory)
  for (const [name, target] of links)
    builder.add(ROOT_INO, name, { ...base, mode: 0o777, type: 'symlink', target })
  return builder.finish({ isDurable: false, capacityBytes: 4096 * 1024 })
}
