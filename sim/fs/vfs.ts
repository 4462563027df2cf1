import { KernelError } from '../../src/host/errno.ts'
import { isCapable } from '../kernel/credentials.ts'
import { isReadOnly, type Mount, type MountTable } from '../kernel/mounts.ts'
import { openDevice } from './device.ts'
import type { AttributeChange, Attributes, Driver, NodeId, OpenFlags } from './driver.ts'
import type { OpenFile } from './open-file.ts'
import { type Caller, PathWalk, type Resolved, type Trees } from './path-walk.ts'
import { check, isPermitted, type Permission } from './permission.ts'

export type { Credentials } from '../kernel/credentials.ts'
export type { OpenFlags } from './driver.ts'
export type { Caller } from './path-walk.ts'

/** What stat(2) says. */
export interface SimStat extends Attributes {
  /** Tells file systems apart, as st_dev does. */
  readonly dev: string
}

export type AccessMask = Permission | 'exists'

/** The virtual file system: paths, mounts, symlinks and permission; what is stored is the drivers' business. */
export class FileSystem {
  readonly #mounts: MountTable
  readonly #driver: (superblock: string) => Driver
  readonly #walk: PathWalk

  /** `stored` gives the state of all stored file systems: another value after every change. */
  constructor(mounts: MountTable, driver: (superblock: string) => Driver, stored: () => Trees) {
    this.#mounts = mounts
    this.#driver = driver
    this.#walk = new PathWalk(mounts, driver, stored)
  }

  /** EACCES or ENOTDIR where chdir(2) would be refused. */
  checkDirectory(caller: Caller, path: string): void {
    const attributes = this.stat(caller, path)
    if (attributes.type !== 'directory') throw new KernelError('ENOTDIR')
    check(caller.credentials, attributes, 'execute')
  }

  stat(caller: Caller, path: string): SimStat {
    return this.#attributes(this.#existing(caller, path))
  }

  lstat(caller: Caller, path: string): SimStat {
    return this.#attributes(this.#existing(caller, path, false))
  }

  /** The absolute path without symlinks: realpath(3). The last component may be missing with `isMissingAllowed`. */
  realpath(caller: Caller, path: string, isMissingAllowed = false): string {
    return isMissingAllowed ? this.#walk.resolve(caller, path).path : this.#existing(caller, path).path
  }

  canAccess(caller: Caller, path: string, mask: AccessMask): boolean {
    try {
      const at = this.#existing(caller, path)
      if (mask === 'exists') return true
      const attributes = at.driver.getattr(at.node)
      if (mask === 'write' && isReadOnly(at.mount)) return false
      if (mask === 'execute' && attributes.type === 'file' && at.mount.options.includes('noexec'))
        return false
      return isPermitted(caller.credentials, attributes, mask)
    } catch (error) {
      if (error instanceof KernelError) return false
      throw error
    }
  }

  open(caller: Caller, path: string, flags: OpenFlags, mode: number): OpenFile {
    const own = descriptorPath(caller, path)
    if (own !== undefined) return own
    const at = this.#walk.resolve(caller, path, !flags.noFollow && !(flags.create && flags.exclusive))
    if (at.node === undefined) return this.#openNew(caller, at, { flags, mode, path })
    if (flags.create && flags.exclusive) throw new KernelError('EEXIST')
    const attributes = at.driver.getattr(at.node)
    if (attributes.type === 'symlink') throw new KernelError('ELOOP')
    if (flags.directory && attributes.type !== 'directory') throw new KernelError('ENOTDIR')
    if (attributes.type === 'directory') throw new KernelError('EISDIR')
    if (flags.read) check(caller.credentials, attributes, 'read')
    if (flags.write) {
      check(caller.credentials, attributes, 'write')
      if (isReadOnly(at.mount) && attributes.type === 'file') throw new KernelError('EROFS')
    }
    if (attributes.type === 'char-device') {
      if (at.mount.options.includes('nodev')) throw new KernelError('EACCES')
      return openDevice(attributes.major ?? 0, attributes.minor ?? 0, at.path)
    }
    return opened(at.driver.open(at.node, flags, caller), { mount: at.mount, node: at.node, flags })
  }

  readdir(caller: Caller, path: string): readonly string[] {
    const at = this.#existing(caller, path)
    const attributes = at.driver.getattr(at.node)
    if (attributes.type !== 'directory') throw new KernelError('ENOTDIR')
    check(caller.credentials, attributes, 'read')
    return at.driver.names(at.node)
  }

  readlink(caller: Caller, path: string): string {
    const at = this.#existing(caller, path, false)
    const { target } = at.driver.getattr(at.node, caller)
    if (target === undefined) throw new KernelError('EINVAL')
    return target
  }

  mkdir(caller: Caller, path: string, mode: number): void {
    const at = this.#vacant(caller, path)
    at.driver.mkdir(at.directory, at.name, { ...ownerOf(caller), mode: mode & ~caller.umask & 0o7777 })
  }

  symlink(caller: Caller, target: string, path: string): void {
    const at = this.#vacant(caller, path)
    at.driver.symlink(at.directory, at.name, { ...ownerOf(caller), mode: 0o777, target })
  }

  /** mknod(2) of a socket or FIFO: what bind(2) and mkfifo(3) leave in the file system. */
  mknod(caller: Caller, path: string, options: { type: 'fifo' | 'socket'; mode: number }): void {
    const at = this.#vacant(caller, path)
    at.driver.mknod(at.directory, at.name, {
      ...ownerOf(caller),
      type: options.type,
      mode: options.mode & ~caller.umask,
    })
  }

  link(caller: Caller, existing: string, path: string): void {
    const from = this.#existing(caller, existing, false)
    const at = this.#vacant(caller, path)
    if (at.mount.id !== from.mount.id) throw new KernelError('EXDEV')
    if (from.driver.getattr(from.node).type === 'directory') throw new KernelError('EPERM')
    at.driver.link(at.directory, at.name, from.node)
  }

  /** What nobody may remove or rename as long as it is so: swap that is in use (may_delete() of fs/namei.c). */
  isHeld: (superblock: string, node: NodeId) => boolean = () => false

  unlink(caller: Caller, path: string): void {
    const at = this.#removable(caller, path)
    if (at.driver.getattr(at.node).type === 'directory') throw new KernelError('EISDIR')
    at.driver.unlink(at.directory, at.name)
  }

  rmdir(caller: Caller, path: string): void {
    if (/(^|\/)\.$/.test(path)) throw new KernelError('EINVAL')
    const at = this.#removable(caller, path)
    if (at.driver.getattr(at.node).type !== 'directory') throw new KernelError('ENOTDIR')
    at.driver.rmdir(at.directory, at.name)
  }

  rename(caller: Caller, from: string, to: string): void {
    const source = this.#removable(caller, from)
    const target = this.#walk.resolve(caller, to, false)
    // What counts first is where the two directories are: do_renameat2() of fs/namei.c.
    const isCovered = target.mount.target === target.path
    if ((isCovered ? target.mount.parentId : target.mount.id) !== source.mount.id)
      throw new KernelError('EXDEV')
    if (isCovered) throw new KernelError('EBUSY')
    if (target.path.startsWith(`${source.path}/`)) throw new KernelError('EINVAL')
    this.#checkDirectoryWrite(caller, target)
    if (target.node !== undefined) checkSticky(caller, target)
    source.driver.rename(
      { directory: source.directory, name: source.name },
      { directory: target.directory, name: target.name },
    )
    this.#mounts.renamed(source.mount.id, source.path, target.path)
  }

  chmod(caller: Caller, path: string, mode: number): void {
    const at = this.#owned(caller, path, true)
    at.driver.setattr(at.node, { mode: mode & 0o7777 })
  }

  chown(caller: Caller, path: string, options: { uid: number; gid: number; isFollowing: boolean }): void {
    const at = this.#owned(caller, path, options.isFollowing)
    const attributes = at.driver.getattr(at.node)
    const isChangingUid = options.uid !== -1 && options.uid !== attributes.uid
    const { credentials } = caller
    const isOwnGroup =
      options.gid === -1 || options.gid === credentials.gid || credentials.groups.includes(options.gid)
    if (!isCapable(credentials, 'cap_chown') && (isChangingUid || !isOwnGroup)) throw new KernelError('EPERM')
    at.driver.setattr(at.node, {
      ...(options.uid === -1 ? {} : { uid: options.uid }),
      ...(options.gid === -1 ? {} : { gid: options.gid }),
      ...killedBits(attributes),
    })
  }

  utimes(caller: Caller, path: string, mtimeSeconds: number | undefined, now: number): void {
    const at = this.#existing(caller, path)
    const attributes = at.driver.getattr(at.node)
    if (isReadOnly(at.mount)) throw new KernelError('EROFS')
    const isOwner = caller.credentials.uid === attributes.uid || isCapable(caller.credentials, 'cap_fowner')
    if (!isOwner && mtimeSeconds !== undefined) throw new KernelError('EPERM')
    if (!isOwner) check(caller.credentials, attributes, 'write')
    at.driver.setattr(at.node, { mtimeSeconds: mtimeSeconds ?? now })
  }

  truncate(caller: Caller, path: string, sizeBytes: number): void {
    const at = this.#existing(caller, path)
    check(caller.credentials, at.driver.getattr(at.node), 'write')
    if (isReadOnly(at.mount)) throw new KernelError('EROFS')
    at.driver.truncate(at.node, sizeBytes)
  }

  /** fsync(2) of what is at a path, a directory too. */
  fsync(caller: Caller, path: string): void {
    const at = this.#existing(caller, path)
    at.driver.fsync(at.node)
  }

  /** sync(2): everything that is mounted is durable. */
  sync(): void {
    for (const { superblock } of this.#mounts.all) this.#driver(superblock).syncAll?.()
  }

  /** The mount that a path lies in, and its driver: for statfs(2) and mount(8). */
  mountOf(
    caller: Caller,
    path: string,
  ): { readonly mount: Mount; readonly driver: Driver; readonly path: string; readonly node: NodeId } {
    const { mount, driver, path: real, node } = this.#existing(caller, path)
    return { mount, driver, path: real, node }
  }

  #openNew(
    caller: Caller,
    at: Resolved,
    options: { flags: OpenFlags; mode: number; path: string },
  ): OpenFile {
    if (!options.flags.create) throw new KernelError('ENOENT')
    if (options.path.endsWith('/')) throw new KernelError('EISDIR')
    this.#checkDirectoryWrite(caller, at)
    const mode = options.mode & ~caller.umask & 0o7777
    const node = at.driver.create(at.directory, at.name, { ...ownerOf(caller), mode })
    const { mount } = at
    return opened(at.driver.open(node, options.flags, caller), { mount, node, flags: options.flags })
  }

  #attributes(at: Resolved & { node: NodeId }): SimStat {
    return { ...at.driver.getattr(at.node), dev: at.mount.superblock }
  }

  #existing(caller: Caller, path: string, isFollowing = true): Resolved & { node: NodeId } {
    const at = this.#walk.resolve(caller, path, isFollowing)
    if (at.node === undefined) throw new KernelError('ENOENT')
    return { ...at, node: at.node }
  }

  /** A place for a new name: EEXIST when it is taken, and the directory's permission. */
  #vacant(caller: Caller, path: string): Resolved {
    const at = this.#walk.resolve(caller, path, false)
    if (at.node !== undefined) throw new KernelError('EEXIST')
    this.#checkDirectoryWrite(caller, at)
    return at
  }

  #removable(caller: Caller, path: string): Resolved & { node: NodeId } {
    const at = this.#existing(caller, path, false)
    if (at.mount.target === at.path) throw new KernelError('EBUSY')
    this.#checkDirectoryWrite(caller, at)
    checkSticky(caller, at)
    if (this.isHeld(at.mount.superblock, at.node)) throw new KernelError('EPERM')
    return at
  }

  #owned(caller: Caller, path: string, isFollowing: boolean): Resolved & { node: NodeId } {
    const at = this.#existing(caller, path, isFollowing)
    if (isReadOnly(at.mount)) throw new KernelError('EROFS')
    const { uid } = at.driver.getattr(at.node)
    if (caller.credentials.uid !== uid && !isCapable(caller.credentials, 'cap_fowner'))
      throw new KernelError('EPERM')
    return at
  }

  #checkDirectoryWrite(caller: Caller, at: Resolved): void {
    if (isReadOnly(at.mount)) throw new KernelError('EROFS')
    check(caller.credentials, at.driver.getattr(at.directory), 'write')
  }
}

/** The mount through which a file was opened cannot go before it is closed. */
function opened(
  file: OpenFile,
  { mount, node, flags }: { readonly mount: Mount; readonly node: NodeId; readonly flags: OpenFlags },
): OpenFile {
  const { id: mountId, superblock } = mount
  file.openedThrough = { mountId, superblock, node, isWriting: flags.write === true }
  return file
}

const ownerOf = (caller: Caller): { uid: number; gid: number } => ({
  uid: caller.credentials.uid,
  gid: caller.credentials.gid,
})

/** chown(2) clears setuid, and setgid of what a group may execute. */
function killedBits(attributes: Attributes): AttributeChange {
  if (attributes.type !== 'file' || (attributes.mode & 0o6000) === 0) return {}
  return { mode: attributes.mode & ~(attributes.mode & 0o010 ? 0o6000 : 0o4000) }
}

/** /dev/fd/N, /dev/stdin and their kin name an open description of the caller itself. */
function descriptorPath(caller: Caller, path: string): OpenFile | undefined {
  const named = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(path)?.[1]
  const standard = ['/dev/stdin', '/dev/stdout', '/dev/stderr'].indexOf(path)
  const fd = named === undefined ? standard : Number(named)
  if (fd < 0 || caller.file === undefined) return undefined
  return caller.file(fd)
}

/** inode(7), the sticky bit: in such a directory only owners remove names. */
function checkSticky(caller: Caller, at: Resolved): void {
  const directory = at.driver.getattr(at.directory)
  if ((directory.mode & 0o1000) === 0 || at.node === undefined) return
  const { uid } = caller.credentials
  if (uid === directory.uid || uid === at.driver.getattr(at.node).uid) return
  if (!isCapable(caller.credentials, 'cap_fowner')) throw new KernelError('EPERM')
}
