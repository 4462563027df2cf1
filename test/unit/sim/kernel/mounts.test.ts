import { expect, it } from 'vitest'
import { type MountsState, MountTable } from '../../../../sim/kernel/mounts.ts'

const mount = (target: string, superblock = target) => ({
  superblock,
  fstype: 'tmpfs',
  source: 'none',
  target,
  root: '/',
  options: ['rw'],
  superOptions: 'rw',
  majorMinor: '0:1',
})

function table(...targets: readonly string[]): MountTable {
  const cell: { value: MountsState } = { value: [] }
  const mounts = new MountTable(cell)
  for (const target of targets) mounts.add(mount(target))
  return mounts
}

it('a path lies in the mount with the longest target above it', () => {
  const mounts = table('/', '/run', '/run/lock')
  for (const [path, target] of [
    ['/etc/fstab', '/'],
    ['/running', '/'],
    ['/run', '/run'],
    ['/run/lock/x/y', '/run/lock'],
  ] as const)
    expect(mounts.covering(path)?.target).toBe(target)
})

it('the newest mount at a place hides the older one until it is gone', () => {
  const mounts = table('/', '/mnt')
  const upper = mounts.add(mount('/mnt', 'upper'))
  expect(mounts.at('/mnt')?.superblock).toBe('upper')
  mounts.remove(upper.id)
  expect(mounts.at('/mnt')?.superblock).toBe('/mnt')
})

it('a mount knows which one it stands on', () => {
  const mounts = table('/', '/run')
  expect(mounts.add(mount('/run/user')).parentId).toBe(mounts.at('/run')?.id)
})

it('remounting changes options and nothing else', () => {
  const mounts = table('/')
  const before = mounts.at('/')
  mounts.setOptions(1, ['ro'])
  expect(mounts.at('/')).toEqual({ ...before, options: ['ro'] })
})

it('what is mounted below a place that something else hides is hidden with it', () => {
  const mounts = table('/', '/mnt', '/mnt/below')
  mounts.add(mount('/mnt', 'upper'))
  expect(mounts.at('/mnt/below')).toBeUndefined()
  expect(mounts.covering('/mnt/below/x')?.superblock).toBe('upper')
})

it('a mount that is moved takes along what stands on it', () => {
  const mounts = table('/', '/a', '/a/b', '/c')
  mounts.move(mounts.at('/a')?.id ?? 0, { parentId: mounts.at('/c')?.id ?? 0, target: '/c' })
  expect(mounts.at('/c/b')?.superblock).toBe('/a/b')
})
