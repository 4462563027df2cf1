import { beforeEach, describe, expect, it } from 'vitest'
import type { Caller } from '../../../../sim/fs/vfs.ts'
import { userCredentials } from '../../../../sim/kernel/credentials.ts'
import type { Machine } from '../../../../sim/machine.ts'
import { boot, put } from '../../../simulated.ts'

const fresh = await boot('debian-12-container')
let machine: Machine
let user: Caller

beforeEach(() => {
  machine = fresh.fork()
  user = { ...machine.rootCaller, credentials: userCredentials(1000) }
  machine.fs.mkdir(machine.rootCaller, '/d', 0o755)
  put(machine, '/d/file', 'text')
})

const refuse = (call: () => unknown, errno: string): void =>
  expect(call).toThrow(expect.objectContaining({ errno }))

const root = (): Caller => machine.rootCaller

describe('path_resolution(7)', () => {
  it('follows 40 symlinks, not 41', () => {
    const { fs } = machine
    fs.symlink(root(), 'file', '/d/1')
    for (let at = 2; at <= 41; at++) fs.symlink(root(), `${at - 1}`, `/d/${at}`)
    expect(fs.stat(root(), '/d/40').type).toBe('file')
    refuse(() => fs.stat(root(), '/d/41'), 'ELOOP')
    expect(fs.lstat(root(), '/d/41').type).toBe('symlink')
  })

  it('takes names of 255 bytes and paths of 4095', () => {
    const { fs } = machine
    refuse(() => fs.stat(root(), `/d/${'n'.repeat(255)}`), 'ENOENT')
    refuse(() => fs.stat(root(), `/d/${'n'.repeat(256)}`), 'ENAMETOOLONG')
    refuse(() => fs.stat(root(), `/d/${'é'.repeat(128)}`), 'ENAMETOOLONG')
    expect(fs.stat(root(), `${'/'.repeat(4089)}d/file`).type).toBe('file')
    refuse(() => fs.stat(root(), `${'/'.repeat(4090)}d/file`), 'ENAMETOOLONG')
  })

  it('is ENOTDIR behind a file, also for a slash', () => {
    refuse(() => machine.fs.stat(root(), '/d/file/x'), 'ENOTDIR')
    refuse(() => machine.fs.stat(root(), '/d/file/'), 'ENOTDIR')
    refuse(() => machine.fs.stat(root(), '/d/file/..'), 'ENOTDIR')
    refuse(() => machine.fs.stat(root(), ''), 'ENOENT')
  })

  it('leaves a mount by `..`, and never the root', () => {
    expect(machine.fs.realpath(root(), '/proc/..')).toBe('/')
    expect(machine.fs.realpath(root(), '/../../d/../d/./file')).toBe('/d/file')
  })

  it('follows a relative link from the directory that holds it', () => {
    machine.fs.symlink(root(), '../d/file', '/d/link')
    expect(machine.fs.realpath(root(), '/d/link')).toBe('/d/file')
    expect(machine.fs.realpath({ ...root(), cwd: '/d' }, 'link')).toBe('/d/file')
  })

  it('needs the execute bit of every directory on the way', () => {
    machine.fs.chmod(root(), '/d', 0o644)
    refuse(() => machine.fs.stat(user, '/d/file'), 'EACCES')
    expect(machine.fs.stat(root(), '/d/file').type).toBe('file')
  })
})

describe('permission', () => {
  it('of the owner, the group and others is looked at in this order, the first that fits counts', () => {
    const { fs } = machine
    fs.chown(root(), '/d/file', { uid: 1000, gid: 1000, isFollowing: true })
    fs.chmod(root(), '/d/file', 0o077)
    expect(fs.canAccess(user, '/d/file', 'read')).toBe(false)
    fs.chown(root(), '/d/file', { uid: 0, gid: -1, isFollowing: true })
    expect(fs.canAccess(user, '/d/file', 'read')).toBe(true)
  })

  it('to execute is no power of root where nobody may', () => {
    expect(machine.fs.canAccess(root(), '/d/file', 'execute')).toBe(false)
    machine.fs.chmod(root(), '/d/file', 0o001)
    expect(machine.fs.canAccess(root(), '/d/file', 'execute')).toBe(true)
  })

  it('to remove a name in a sticky directory has who owns it or the directory', () => {
    const { fs } = machine
    fs.chmod(root(), '/d', 0o1777)
    refuse(() => fs.unlink(user, '/d/file'), 'EPERM')
    fs.chown(root(), '/d/file', { uid: 1000, gid: 1000, isFollowing: true })
    fs.unlink(user, '/d/file')
    refuse(() => fs.stat(root(), '/d/file'), 'ENOENT')
  })

  it('to change mode or owner has the owner, and only root gives a file away', () => {
    const { fs } = machine
    refuse(() => fs.chmod(user, '/d/file', 0o777), 'EPERM')
    fs.chown(root(), '/d/file', { uid: 1000, gid: 1000, isFollowing: true })
    fs.chmod(user, '/d/file', 0o600)
    refuse(() => fs.chown(user, '/d/file', { uid: 0, gid: -1, isFollowing: true }), 'EPERM')
  })
})

describe('a refused call', () => {
  it.each([
    ['mkdir of what is there', () => machine.fs.mkdir(root(), '/d', 0o755), 'EEXIST'],
    ['rmdir of a directory with names', () => machine.fs.rmdir(root(), '/d'), 'ENOTEMPTY'],
    ['rmdir of a file', () => machine.fs.rmdir(root(), '/d/file'), 'ENOTDIR'],
    ['rmdir of `.`', () => machine.fs.rmdir(root(), '/d/.'), 'EINVAL'],
    ['unlink of a directory', () => machine.fs.unlink(root(), '/d'), 'EISDIR'],
    ['rename of a directory into itself', () => machine.fs.rename(root(), '/d', '/d/x'), 'EINVAL'],
    ['rename over file systems', () => machine.fs.rename(root(), '/d/file', '/dev/shm/x'), 'EXDEV'],
    ['rename of a mount point', () => machine.fs.rename(root(), '/proc', '/d/x'), 'EBUSY'],
    ['link of a directory', () => machine.fs.link(root(), '/d', '/e'), 'EPERM'],
    ['link over file systems', () => machine.fs.link(root(), '/d/file', '/dev/shm/x'), 'EXDEV'],
    ['readlink of a file', () => machine.fs.readlink(root(), '/d/file'), 'EINVAL'],
    ['open of a directory', () => machine.fs.open(root(), '/d', { write: true }, 0), 'EISDIR'],
    [
      'open that must make a file that is there',
      () => machine.fs.open(root(), '/d/file', { write: true, create: true, exclusive: true }, 0o644),
      'EEXIST',
    ],
  ] as const)('%s', (_, call, errno) => {
    const before = machine.state.trees
    refuse(call, errno)
    expect(machine.state.trees).toBe(before)
  })
})

it('a new file has the mode that was asked for without the umask, and its maker for owner', () => {
  machine.fs.chmod(root(), '/d', 0o777)
  machine.fs.open({ ...user, umask: 0o027 }, '/d/new', { write: true, create: true }, 0o666)
  expect(machine.fs.stat(root(), '/d/new')).toMatchObject({ mode: 0o640, uid: 1000, gid: 1000 })
})

it('chown takes setuid away', () => {
  machine.fs.chmod(root(), '/d/file', 0o4755)
  machine.fs.chown(root(), '/d/file', { uid: 1000, gid: -1, isFollowing: true })
  expect(machine.fs.stat(root(), '/d/file').mode).toBe(0o755)
})
