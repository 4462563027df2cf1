import { type ErrnoName, KernelError, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { MountFlag } from '../fs/mounting.ts'
import type { PropagationType } from '../kernel/propagation.ts'
import type { Process } from '../process.ts'
import { utilLinuxRelease } from './util-linux.ts'

/** A row of fstab(5) or of /proc/self/mountinfo. */
export interface FsEntry {
  readonly source: string
  readonly target: string
  readonly fstype: string
  /** All options as one list: those of the mount, then those of the file system. */
  readonly options: readonly string[]
}

/** What mountinfo tells beside that; proc_pid_mountinfo(5). */
export interface MountedFs extends FsEntry {
  readonly id: number
  readonly parentId: number
  readonly majorMinor: string
  readonly root: string
  readonly vfsOptions: string
  readonly fsOptions: string
  readonly optionalFields: readonly string[]
}

export const FSTAB = '/etc/fstab'

const unescapeOctal = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))

/** fstab(5); none where the file is not there. */
export function readFstab(process: Process): readonly FsEntry[] {
  if (!process.exists(FSTAB)) return []
  return process
    .readText(FSTAB)
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
    .flatMap(line => {
      const [source, target, fstype, options = 'defaults'] = line.split(/[ \t]+/).map(unescapeOctal)
      if (source === undefined || target === undefined || fstype === undefined)
        throw new Unsimulated(process.name, `a line of ${FSTAB} with too few fields`)
      return [{ source, target, fstype, options: splitOptions(options) }]
    })
}

/** The mount table as the process sees it, in the kernel's order. */
export function readMountinfo(process: Process): readonly MountedFs[] {
  if (!process.exists('/proc/self/mountinfo')) throw new Unsimulated(process.name, 'mounts without /proc')
  const text = process.readText('/proc/self/mountinfo')
  return text.trimEnd().split('\n').map(parseMountinfoLine)
}

function parseMountinfoLine(line: string): MountedFs {
  const [before = '', after = ''] = line.split(/ - (.*)/s)
  const [id, parentId, majorMinor = '', root = '', target = '', vfsOptions = '', ...optionalFields] =
    before.split(' ')
  const [fstype = '', source = '', fsOptions = ''] = after.split(' ')
  return {
    id: Number(id),
    parentId: Number(parentId),
    majorMinor,
    root: unescapeOctal(root),
    target: unescapeOctal(target),
    source: unescapeOctal(source),
    fstype,
    options: mergeOptions(vfsOptions, fsOptions),
    vfsOptions,
    fsOptions,
    optionalFields,
  }
}

/** merge_optstr() of libmount's fs.c: one list, read-only if either is. */
function mergeOptions(vfs: string, fs: string): readonly string[] {
  const all = [...vfs.split(','), ...fs.split(',')]
  const rest = all.filter(option => option !== 'rw' && option !== 'ro' && option !== '')
  return [all.includes('ro') ? 'ro' : 'rw', ...rest]
}

/** Commas separate options, but for those in quotes (an SELinux context). */
export const splitOptions = (text: string): readonly string[] =>
  text.match(/(?:[^,"]|"[^"]*")+/g)?.filter(option => option !== '') ?? []

/** What mount(2) is to do, by the options of mount(8). */
export interface MountOptions {
  readonly action: 'mount' | 'remount' | 'bind' | 'rbind' | 'move'
  /** With `remount`: the flags of the one mount alone. */
  readonly isBindToo: boolean
  readonly flags: ReadonlySet<MountFlag>
  readonly hasFlags: boolean
  readonly data: readonly string[]
  readonly isNofail: boolean
  /** What is done to the mount's propagation afterwards, in this order. */
  readonly propagation: readonly PropagationChange[]
}

export interface PropagationChange {
  readonly type: PropagationType
  readonly isRecursive: boolean
}

const PROPAGATION = /^(r?)(private|shared|slave|unbindable)$/

const FLAGS: Readonly<Record<string, readonly [MountFlag, boolean]>> = {
  ro: ['ro', true],
  rw: ['ro', false],
  nosuid: ['nosuid', true],
  suid: ['nosuid', false],
  nodev: ['nodev', true],
  dev: ['nodev', false],
  noexec: ['noexec', true],
  exec: ['noexec', false],
  noatime: ['noatime', true],
  atime: ['noatime', false],
  nodiratime: ['nodiratime', true],
  diratime: ['nodiratime', false],
  relatime: ['relatime', true],
  norelatime: ['relatime', false],
  strictatime: ['strictatime', true],
  nostrictatime: ['strictatime', false],
  nosymfollow: ['nosymfollow', true],
}

/** Options that are for mount(8) and its kin, or say what is so anyway. */
const IGNORED =
  /^(?:defaults|auto|noauto|nofail|_netdev|async|nouser|nousers|noowner|nogroup|nomand|nolazytime|noiversion|silent|loud|rw|comment=.*|x-(?!mount\.).*)$/

/** Known to libmount (optmap.c), with effects that are not modelled. */
const UNMODELLED =
  /^(?:sync|dirsync|mand|lazytime|iversion|users?|owner|group|loop|offset|sizelimit|encryption|helper|uhelper|verity\..*|X-.*|x-mount\..*|(?:fs|def|root)?context)(?:=.*)?$/

/** The options of a command line or of fstab, the last one winning. */
export function readOptions(process: Process, options: readonly string[]): MountOptions {
  const flags = new Set<MountFlag>()
  const data: string[] = []
  let action: MountOptions['action'] = 'mount'
  let isBindToo = false
  let hasFlags = false
  const propagation: PropagationChange[] = []
  for (const option of options) {
    const known = Object.hasOwn(FLAGS, option) ? FLAGS[option] : undefined
    if (known !== undefined) {
      const [flag, isSet] = known
      flags[isSet ? 'add' : 'delete'](flag)
      hasFlags ||= isSet
    } else if (PROPAGATION.test(option)) propagation.push(propagationOf(option))
    else if (option === 'bind' && action === 'remount') isBindToo = true
    else if (option === 'remount') {
      isBindToo = action === 'bind'
      action = 'remount'
    } else if (option === 'bind' || option === 'rbind' || option === 'move') action = option
    else if (UNMODELLED.test(option)) throw new Unsimulated(process.name, `the option -o ${option}`)
    else if (!IGNORED.test(option)) data.push(option)
  }
  const isNofail = options.includes('nofail')
  return { action, isBindToo, flags, hasFlags, data, isNofail, propagation }
}

function propagationOf(option: string): PropagationChange {
  const [, recursive, type] = PROPAGATION.exec(option) ?? []
  // The pattern has no other names.
  return { type: type as PropagationType, isRecursive: recursive === 'r' }
}

/** What failed, for the words of mnt_context_get_mount_excode() of libmount's context_mount.c. */
export interface MountFailure {
  readonly errno: ErrnoName
  /** What the file system wrote to its context. */
  readonly log?: string | undefined
  /** It was mounted, or is, and its propagation could not be changed. */
  readonly isOfPropagation?: boolean
  readonly source: string | undefined
  readonly target: string
  readonly fstype: string | undefined
  readonly options: MountOptions
}

/** Those words, without the full stop. */
export function mountFailure(process: Process, failure: MountFailure): string {
  const { errno, source, target, fstype, options } = failure
  if (failure.log !== undefined && utilLinuxRelease(process).isUsingFsContext)
    return `fsconfig() failed: ${failure.log}`
  if (errno === 'EINVAL' && failure.isOfPropagation) return 'not mount point or bad option'
  switch (errno) {
    case 'EPERM':
      return process.credentials.uid === 0
        ? permissionWords(process, failure)
        : 'must be superuser to use mount'
    case 'EBUSY':
      return options.action === 'remount' ? 'mount point is busy' : busyWords(process, source)
    case 'ENOENT':
      if (!isThere(() => process.lstat(target))) return 'mount point does not exist'
      if (!process.exists(target)) return 'mount point is a symbolic link to nowhere'
      if (source !== undefined && !process.exists(source)) return `special device ${source} does not exist`
      return `mount(2) system call failed: ${strerror(errno)}`
    case 'ENOTDIR':
      if (!process.exists(target) || process.stat(target).type !== 'directory')
        return 'mount point is not a directory'
      return `mount(2) system call failed: ${strerror(errno)}`
    case 'EINVAL':
      if (options.action === 'move' && isUnderSharedMount(process, source))
        return 'bad option; moving a mount residing under a shared mount is unsupported'
      return options.action === 'remount'
        ? 'mount point not mounted or bad option'
        : `wrong fs type, bad option, bad superblock on ${source}, missing codepage or helper program, or other error`
    case 'ENODEV':
      return fstype === undefined ? 'unknown filesystem type' : `unknown filesystem type '${fstype}'`
    case 'ENOTBLK': {
      const isFile = source !== undefined && process.stat(source).type === 'file'
      return `${source} is not a block device${isFile ? '; try "-o loop"' : ''}`
    }
    case 'EACCES':
    case 'EROFS':
      return options.flags.has('ro')
        ? `cannot mount ${source} read-only`
        : `mount(2) system call failed: ${strerror(errno)}`
    default:
      return `mount(2) system call failed: ${strerror(errno)}`
  }
}

/** is_shared_tree(): the parent of a mount is shared. */
function isUnderSharedMount(process: Process, path: string | undefined): boolean {
  const table = readMountinfo(process)
  const mounted = table.findLast(fs => fs.target === path)
  const parent = table.find(({ id }) => id === mounted?.parentId)
  return parent?.optionalFields.some(field => field.startsWith('shared:')) === true
}

function permissionWords(process: Process, { target }: MountFailure): string {
  const isDirectory = process.exists(target) && process.stat(target).type === 'directory'
  return isDirectory ? 'permission denied' : 'mount point is not a directory'
}

function busyWords(process: Process, source: string | undefined): string {
  const mounted = readMountinfo(process).find(fs => fs.source === source)
  return mounted === undefined
    ? `${source} already mounted or mount point busy`
    : `${source} already mounted on ${mounted.target}`
}

export function isThere(call: () => unknown): boolean {
  try {
    call()
    return true
  } catch (error) {
    if (error instanceof KernelError) return false
    throw error
  }
}

/** mnt_match_fstype(): a list of types, all inverted by a leading `no`. */
export function matchesTypes(fstype: string, pattern: string): boolean {
  const isInverted = pattern.startsWith('no')
  const names = (isInverted ? pattern.slice(2) : pattern).split(',')
  return names.includes(fstype) !== isInverted
}

/** The path as the kernel knows it; as it was written where it leads nowhere. */
export function canonicalPath(process: Process, path: string): string {
  return isThere(() => process.stat(path)) ? process.system.fs.realpath(process, path) : path
}
