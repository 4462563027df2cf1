import { digestOf } from '../src/host/digest.ts'
import { type ErrnoName, KernelError } from '../src/host/errno.ts'
import type { Entry, List, Read, Remove, Reply, Stat, Write } from '../src/host/host.ts'
import { concatBytes } from '../src/host/surrogate-escape.ts'
import type { Attributes } from './fs/driver.ts'
import { byBytes } from './fs/tree.ts'
import type { Caller, FileSystem } from './fs/vfs.ts'

/** Where a new content is prepared, beside the file that it replaces. */
const TEMPORARY_NAME = '.seatrial-new'

/** The requests of the port that are about files, answered by a machine's file system. Throws `KernelError`. */
export class FileRequests {
  readonly #fs: FileSystem
  readonly #caller: Caller

  constructor(machine: { readonly fs: FileSystem; readonly rootCaller: Caller }) {
    this.#fs = machine.fs
    this.#caller = machine.rootCaller
  }

  answer(request: Read | Write | Remove | List): Reply {
    switch (request.kind) {
      case 'read':
        return this.#read(request)
      case 'write':
        return this.#write(request)
      case 'list':
        return { kind: 'list', entries: this.#list(request) }
      case 'remove':
        this.#fs.unlink(this.#caller, request.path)
        this.#syncDirectory(request.path)
        return { kind: 'done' }
    }
  }

  #read(request: Read): Reply {
    this.#checkDigest(request)
    if (request.ifDigest === 'absent') return { kind: 'done' }
    const content = this.#content(request.path)
    return { kind: 'read', content, stat: statOf(this.#fs.stat(this.#caller, request.path)) }
  }

  #checkDigest(request: Read | Write): void {
    if (request.ifDigest === undefined) return
    const content = this.#contentOrErrno(request.path)
    const found =
      typeof content === 'object' ? digestOf(content) : content === 'ENOENT' ? 'absent' : undefined
    if (found !== request.ifDigest) throw new KernelError('ESTALE')
  }

  #contentOrErrno(path: string): Uint8Array | ErrnoName {
    try {
      return this.#content(path)
    } catch (error) {
      if (error instanceof KernelError) return error.errno
      throw error
    }
  }

  #content(path: string): Uint8Array {
    const file = this.#fs.open(this.#caller, path, { read: true }, 0)
    file.hold()
    try {
      const parts: Uint8Array[] = []
      for (;;) {
        const bytes = file.read(1 << 20)
        if (bytes === undefined || bytes.length === 0) return concatBytes(parts)
        parts.push(bytes)
      }
    } finally {
      file.release()
    }
  }

  #write(request: Write): Reply {
    this.#checkDigest(request)
    const path = this.#fs.realpath(this.#caller, request.path, true)
    const existing = this.#statIfThere(path)
    if (existing !== undefined && existing.type !== 'file')
      throw new KernelError(existing.type === 'directory' ? 'EISDIR' : 'EINVAL')
    const { mount } = this.#fs.mountOf(this.#caller, existing === undefined ? directoryOf(path) : path)
    if (isGenerated(mount.fstype)) this.#writeOnce(path, request.content)
    else if (mount.target === path) throw new KernelError('EBUSY')
    else this.#replace(path, request, existing)
    return { kind: 'done' }
  }

  /** One write(2): what a file of proc, sysfs or cgroup takes. */
  #writeOnce(path: string, content: Uint8Array): void {
    const file = this.#fs.open(this.#caller, path, { write: true }, 0)
    file.hold()
    try {
      file.write(content)
    } finally {
      file.release()
    }
  }

  /** A temporary name beside it, synced, renamed; the old file stays whole until the new one is. */
  #replace(path: string, request: Write, existing: Attributes | undefined): void {
    const temporary = `${directoryOf(path).replace(/\/$/, '')}/${TEMPORARY_NAME}`
    const flags = { write: true, create: true, truncate: true }
    const file = this.#fs.open(this.#caller, temporary, flags, 0o600)
    file.hold()
    try {
      file.write(request.content, { isUnbounded: true })
      if (existing !== undefined) {
        const { uid, gid } = existing
        this.#fs.chown(this.#caller, temporary, { uid, gid, isFollowing: false })
      }
      this.#fs.chmod(this.#caller, temporary, request.mode ?? existing?.mode ?? 0o644)
      file.sync()
      this.#fs.rename(this.#caller, temporary, path)
    } catch (error) {
      this.#fs.unlink(this.#caller, temporary)
      throw error
    } finally {
      file.release()
    }
    this.#syncDirectory(path)
  }

  #syncDirectory(path: string): void {
    this.#fs.fsync(this.#caller, directoryOf(path))
  }

  #statIfThere(path: string): Attributes | undefined {
    try {
      return this.#fs.stat(this.#caller, path)
    } catch (error) {
      if (error instanceof KernelError && error.errno === 'ENOENT') return undefined
      throw error
    }
  }

  #list({ path, contentOf }: List): readonly Entry[] {
    const names = this.#fs.readdir(this.#caller, path).toSorted(byBytes)
    return names.map(name => {
      const at = `${path === '/' ? '' : path}/${name}`
      const attributes = this.#fs.lstat(this.#caller, at)
      const content =
        contentOf !== undefined && name.endsWith(contentOf) ? this.#broughtContent(at) : undefined
      return {
        name,
        stat: statOf(attributes),
        ...(attributes.target === undefined ? {} : { target: attributes.target }),
        ...(content === undefined ? {} : { content }),
      }
    })
  }

  /** A regular file's content; the errno of a link that leads nowhere; nothing of other files. */
  #broughtContent(path: string): Uint8Array | ErrnoName | undefined {
    try {
      if (this.#fs.stat(this.#caller, path).type !== 'file') return undefined
    } catch (error) {
      if (error instanceof KernelError) return error.errno
      throw error
    }
    return this.#contentOrErrno(path)
  }
}

const isGenerated = (fstype: string): boolean => ['proc', 'sysfs', 'cgroup2', 'cgroup'].includes(fstype)

const directoryOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 1))

/** The fields that the port has; the simulator knows more. */
function statOf(attributes: Attributes): Stat {
  const { type, mode, uid, gid, sizeBytes, mtimeSeconds, ctimeSeconds } = attributes
  return { type, mode, uid, gid, sizeBytes, mtimeSeconds, ctimeSeconds }
}
