import { Map as PersistentMap } from 'immutable'
import type { Image, MountRecord } from '../src/format/image.ts'
import { decodeText } from '../src/host/surrogate-escape.ts'
import { contentStore } from './fs/bytes.ts'
import type { DirectoryInode, Ino, Inode } from './fs/inode.ts'
import { emptyTree, ROOT_INO, type TreeState } from './fs/tree.ts'
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
  const mounts = mountsOf(image)
  const state: BootState = {
    image,
    mounts,
    trees: treesOf(image, mounts),
    modules: modulesAtBoot(image.kernel),
    sysctl: sysctlAtBoot(image.kernel.sysctl),
    paths: new Set(image.files.map(line => parseFileLine(line).path)),
    recordedSeconds: parseIsoSeconds(image.provenance.recordedAt),
  }
  cache.set(image, state)
  return state
}

/** Whether a file system is one that forgets at power-off. */
export const isVolatile = (fstype: string): boolean => VOLATILE_TYPES.has(fstype)

/** Whether a file system stores what it is told. */
export const isTree = (fstype: string): boolean => TREE_TYPES.has(fstype)

function mountsOf(image: Image): MountsState {
  const rows: Mount[] = []
  const parentOf = (target: string): number =>
    rows.findLast(row => row.target === '/' || target.startsWith(`${row.target}/`))?.id ?? 0
  for (const record of image.mounts) {
    rows.push({
      id: rows.length + 1,
      parentId: record.target === '/' ? 0 : parentOf(record.target),
      superblock: superblockOf(record),
      fstype: record.fstype,
      source: record.source,
      target: record.target,
      root: record.root,
      ...(isFileMount(record) ? { rootNode: ROOT_INO } : {}),
      options: record.options.split(','),
      superOptions: record.superOptions,
      majorMinor: record.majorMinor,
    })
  }
  return rows
}

/** A bind mount of a piece of a stored file system gets a file system of its own: its other parts are not seen. */
const isFileMount = (record: MountRecord): boolean =>
  record.root !== '/' && isTree(record.fstype) && record.target !== '/'

function superblockOf(record: MountRecord): string {
  if (record.target === '/') return 'disk'
  return isTree(record.fstype) ? `${record.fstype}:${record.target}` : record.fstype
}

interface Builder {
  readonly inodes: Map<Ino, Inode>
  readonly entries: Map<Ino, Map<string, Ino>>
  usedBytes: number
}

function treesOf(image: Image, mounts: MountsState): PersistentMap<string, TreeState> {
  const stored = mounts.filter(mount => isTree(mount.fstype))
  const byTarget = new Map(stored.map(mount => [mount.target, mount.superblock]))
  const builders = new Map(stored.map(mount => [mount.superblock, newBuilder()]))
  /** Directories seen so far: which tree, which inode. */
  const places = new Map<string, { builder: Builder; ino: Ino }>()
  const firstNames = new Map<string, Ino>()
  for (const line of image.files) {
    const file = parseFileLine(line)
    const own = byTarget.get(file.path)
    const ownBuilder = own === undefined ? undefined : builders.get(own)
    const parent = places.get(file.path.slice(0, Math.max(file.path.lastIndexOf('/'), 1)))
    if (ownBuilder !== undefined) {
      if (parent !== undefined && file.path !== '/') addEntry(parent, file.name, emptied(file.inode))
      ownBuilder.inodes.set(ROOT_INO, rooted(file.inode))
      places.set(file.path, { builder: ownBuilder, ino: ROOT_INO })
    } else if (parent !== undefined) {
      const linked = file.linkTo === undefined ? undefined : firstNames.get(file.linkTo)
      const ino =
        linked === undefined ? addEntry(parent, file.name, file.inode) : addLink(parent, file.name, linked)
      firstNames.set(file.path, ino)
      if (file.inode.type === 'directory') places.set(file.path, { builder: parent.builder, ino })
    }
  }
  const volatile = new Set(stored.filter(mount => isVolatile(mount.fstype)).map(mount => mount.superblock))
  return PersistentMap([...builders].map(([id, builder]) => [id, finish(builder, !volatile.has(id))]))
}

const newBuilder = (): Builder => ({ inodes: new Map(), entries: new Map(), usedBytes: 0 })

const rooted = (inode: Inode): Inode => (inode.type === 'directory' ? { ...inode, parent: ROOT_INO } : inode)

/** What lies under a mount point: the same kind of file, empty. */
const emptied = (inode: Inode): Inode =>
  inode.type === 'directory' ? { ...inode, entries: PersistentMap<string, Ino>() } : inode

function addEntry(parent: { builder: Builder; ino: Ino }, name: string, inode: Inode): Ino {
  const { builder } = parent
  const ino = Math.max(builder.inodes.size, 1) + ROOT_INO
  builder.inodes.set(ino, inode.type === 'directory' ? { ...inode, parent: parent.ino } : inode)
  const size = inode.type === 'file' ? inode.sizeBytes : inode.type === 'directory' ? 4096 : 0
  builder.usedBytes += Math.ceil(size / 4096) * 4096
  return nameEntry(parent, name, ino)
}

function addLink(parent: { builder: Builder; ino: Ino }, name: string, ino: Ino): Ino {
  const inode = parent.builder.inodes.get(ino)
  if (inode !== undefined) parent.builder.inodes.set(ino, { ...inode, nlink: inode.nlink + 1 })
  return nameEntry(parent, name, ino)
}

function nameEntry(parent: { builder: Builder; ino: Ino }, name: string, ino: Ino): Ino {
  const entries = parent.builder.entries.get(parent.ino) ?? new Map<string, Ino>()
  parent.builder.entries.set(parent.ino, entries.set(name, ino))
  return ino
}

function finish(builder: Builder, isDurable: boolean): TreeState {
  const root = emptyTree({ mode: 0o755, seconds: 0, isDurable, capacityBytes: DISK_BYTES }).inodes
  const inodes = root.withMutations(map => {
    for (const [ino, inode] of builder.inodes) {
      if (inode.type !== 'directory') map.set(ino, inode)
      else map.set(ino, withEntries(inode, builder, ino))
    }
  })
  return {
    inodes,
    durable: isDurable ? inodes : undefined,
    nextIno: Math.max(...builder.inodes.keys(), ROOT_INO) + 1,
    usedBytes: builder.usedBytes,
    capacityBytes: DISK_BYTES,
  }
}

function withEntries(inode: DirectoryInode, builder: Builder, ino: Ino): DirectoryInode {
  const entries = PersistentMap(builder.entries.get(ino) ?? [])
  const directories = [...entries.values()].filter(
    child => builder.inodes.get(child)?.type === 'directory',
  ).length
  return { ...inode, entries, nlink: 2 + directories }
}

interface ParsedLine {
  readonly path: string
  readonly name: string
  readonly inode: Inode
  /** The first name of a hard link. */
  readonly linkTo?: string
}

const TYPES = {
  '-': 'file',
  d: 'directory',
  l: 'symlink',
  c: 'char-device',
  b: 'block-device',
  p: 'fifo',
  s: 'socket',
} as const

/** One line of `Image.files`. */
export function parseFileLine(line: string): ParsedLine {
  const [type = '', mode = '', uid = '', gid = '', mtime = '', size = '', digest = ''] = line.split(' ', 7)
  const rest = line.slice([type, mode, uid, gid, mtime, size, digest].join(' ').length + 1)
  const [path = '', target = ''] = rest.split(' -> ').map(unescapePath)
  const seconds = Number(mtime)
  const base = {
    mode: Number.parseInt(mode, 8),
    uid: Number(uid),
    gid: Number(gid),
    mtimeSeconds: seconds,
    ctimeSeconds: seconds,
    nlink: 1,
  }
  const name = path.slice(path.lastIndexOf('/') + 1)
  const kind = type in TYPES ? TYPES[type as keyof typeof TYPES] : undefined
  const line2 = { path, name, ...(digest.startsWith('=') ? { linkTo: unescapePath(digest.slice(1)) } : {}) }
  switch (kind) {
    case 'file':
      return {
        ...line2,
        inode: {
          ...base,
          type: 'file',
          content: digest,
          sizeBytes: Number(size),
          isElided: !contentStore.has(digest),
        },
      }
    case 'directory':
      return { ...line2, inode: { ...base, type: 'directory', parent: ROOT_INO, entries: PersistentMap() } }
    case 'symlink':
      return { ...line2, inode: { ...base, type: 'symlink', target } }
    case 'char-device':
    case 'block-device': {
      const [major = '0', minor = '0'] = size.split(':')
      return { ...line2, inode: { ...base, type: kind, major: Number(major), minor: Number(minor) } }
    }
    case 'fifo':
    case 'socket':
      return { ...line2, inode: { ...base, type: kind } }
    default:
      throw new Error(`not a line of an image's files: ${line}`)
  }
}

const unescapePath = (text: string): string => {
  if (!text.includes('\\x')) return text
  const bytes: number[] = []
  for (let at = 0; at < text.length; at++) {
    const hex = text.startsWith('\\x', at) ? text.slice(at + 2, at + 4) : undefined
    bytes.push(hex === undefined ? text.charCodeAt(at) : Number.parseInt(hex, 16))
    if (hex !== undefined) at += 3
  }
  return decodeText(Uint8Array.from(bytes))
}

/** Seconds since the epoch of `2026-11-23T00:00:00Z`: days from the civil date, proleptic Gregorian. */
export function parseIsoSeconds(text: string): number {
  const match = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)/.exec(text)
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (match ?? []).slice(1).map(Number)
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const days =
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  return days * 86_400 + hour * 3600 + minute * 60 + second
}
