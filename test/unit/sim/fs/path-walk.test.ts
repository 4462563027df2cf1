import { beforeEach, expect, it } from 'vitest'
import type { Machine } from '../../../../sim/machine.ts'
import { boot, put, run, text } from '../../../simulated.ts'

const fresh = await boot('debian-12')
let machine: Machine

beforeEach(() => {
  machine = fresh.fork()
  put(machine, '/srv/a/file', 'a\n')
  put(machine, '/srv/b/file', 'b\n')
  machine.fs.symlink(machine.rootCaller, 'a', '/srv/current')
})

it('a path that was walked before leads to what is there now', () => {
  const { fs, rootCaller } = machine
  expect(text(machine, '/srv/current/file')).toBe('a\n')
  fs.unlink(rootCaller, '/srv/current')
  expect(() => fs.stat(rootCaller, '/srv/current/file')).toThrow(expect.objectContaining({ errno: 'ENOENT' }))
  fs.symlink(rootCaller, 'b', '/srv/current')
  expect(text(machine, '/srv/current/file')).toBe('b\n')
  fs.rename(rootCaller, '/srv/b', '/srv/c')
  expect(fs.canAccess(rootCaller, '/srv/current/file', 'exists')).toBe(false)
})

it('a link is not followed because it was followed before', () => {
  const { fs, rootCaller } = machine
  expect(fs.stat(rootCaller, '/srv/current').type).toBe('directory')
  expect(fs.lstat(rootCaller, '/srv/current').type).toBe('symlink')
  expect(fs.stat(rootCaller, '/srv/current').type).toBe('directory')
})

it('a mount hides what was walked before', () => {
  const { fs, kernel, rootCaller } = machine
  expect(fs.stat(rootCaller, '/srv/a/file').type).toBe('file')
  const proc = kernel.mounts.all.find(mount => mount.target === '/proc')
  if (proc === undefined) throw new Error('the image has no /proc')
  kernel.mounts.add({ ...proc, target: '/srv/a' })
  expect(fs.stat(rootCaller, '/srv/a/uptime').type).toBe('file')
  expect(fs.canAccess(rootCaller, '/srv/a/file', 'exists')).toBe(false)
})

it('what root has walked does not open a directory to others', async () => {
  machine.fs.chmod(machine.rootCaller, '/srv/a', 0o700)
  expect(text(machine, '/srv/a/file')).toBe('a\n')
  const nobody = { uid: 65_534, gid: 65_534, groups: [], capabilities: new Set<string>() }
  const { exitCode } = await run(machine, ['cat', '/srv/a/file'], { credentials: nobody })
  expect(exitCode).toBe(1)
})

it('a name below /proc is looked up anew each time', async () => {
  const { fs, rootCaller, kernel } = machine
  expect(fs.canAccess(rootCaller, '/proc/sys/net/bridge', 'exists')).toBe(false)
  kernel.modules.load('llc', { credentials: machine.rootCredentials })
  await run(machine, ['modprobe', 'br_netfilter'])
  expect(fs.canAccess(rootCaller, '/proc/sys/net/bridge', 'exists')).toBe(true)
})
