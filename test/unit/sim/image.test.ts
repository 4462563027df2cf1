import { describe, expect, it } from 'vitest'
import type { Ino, Inode } from '../../../sim/fs/inode.ts'
import { ROOT_INO, type TreeState } from '../../../sim/fs/tree.ts'
import { bootState, parseIsoSeconds } from '../../../sim/image.ts'
import { Machine } from '../../../sim/machine.ts'
import type { Image, MountRecord } from '../../../src/format/image.ts'
import { imageOf } from '../../simulated.ts'

const mount = (target: string, fstype: string, root = '/'): MountRecord => ({
  source: fstype,
  target,
  root,
  fstype,
  options: 'rw',
  superOptions: 'rw',
  majorMinor: '0:1',
})

/** Debian's image with other files. */
const imageWith = (files: readonly string[], mounts: readonly MountRecord[]): Image => ({
  ...imageOf('debian-12-container'),
  files,
  mounts,
})

function inodeAt(tree: TreeState | undefined, ...names: readonly string[]): Inode | undefined {
  let inode = tree?.inodes.get(ROOT_INO)
  for (const name of names) {
    const child: Ino | undefined = inode?.type === 'directory' ? inode.entries.get(name) : undefined
    inode = child === undefined ? undefined : tree?.inodes.get(child)
  }
  return inode
}

describe('the file systems of an image', () => {
  const { trees, mounts, paths } = bootState(
    imageWith(
      [
        'd 0755 0 0 1 4096 - /',
        'd 0755 0 0 1 4096 - /etc',
        '- 0644 0 0 1 5 - /etc/hosts',
        '- 0755 0 0 1 5 - /etc/one',
        '- 0755 0 0 1 5 =/etc/one /etc/two',
        'd 1777 0 0 1 40 - /run',
        's 0666 0 0 1 0 - /run/socket',
      ],
      // A mount that was moved stands before its parent.
      [
        mount('/run', 'tmpfs'),
        mount('/', 'ext4'),
        mount('/proc', 'proc'),
        mount('/etc/hosts', 'ext4', '/x/hosts'),
      ],
    ),
  )

  it('are one a mount; a mounted directory is empty below', () => {
    expect([...trees.keys()].sort()).toEqual(['disk', 'ext4:/etc/hosts', 'tmpfs:/run'])
    expect(inodeAt(trees.get('disk'), 'run')).toMatchObject({ type: 'directory', mode: 0o1777, nlink: 2 })
    expect(inodeAt(trees.get('disk'), 'run', 'socket')).toBeUndefined()
    expect(inodeAt(trees.get('tmpfs:/run'), 'socket')).toMatchObject({ type: 'socket', mode: 0o666 })
  })

  it('of which tmpfs is not durable', () => {
    expect(trees.get('disk')?.durable).toBe(trees.get('disk')?.inodes)
    expect(trees.get('tmpfs:/run')?.durable).toBeUndefined()
  })

  it('have one inode for all names of a hard link', () => {
    const one = inodeAt(trees.get('disk'), 'etc', 'one')
    expect(one).toMatchObject({ nlink: 2 })
    expect(inodeAt(trees.get('disk'), 'etc', 'two')).toBe(one)
  })

  it('count the links of directories', () => {
    expect(inodeAt(trees.get('disk'))).toMatchObject({ nlink: 4 })
  })

  it('have a file that is mounted from elsewhere in a tree of its own', () => {
    expect(inodeAt(trees.get('ext4:/etc/hosts'))).toMatchObject({ type: 'file', sizeBytes: 5 })
    expect(mounts.find(({ target }) => target === '/etc/hosts')?.rootNode).toBe(ROOT_INO)
  })

  it('stand on each other as mountinfo says, whatever the order', () => {
    const parents = mounts.map(({ target, parentId }) => [target, mounts[parentId - 1]?.target])
    expect(parents).toEqual([
      ['/run', '/'],
      ['/', undefined],
      ['/proc', '/'],
      ['/etc/hosts', '/'],
    ])
  })

  it('know every path that was listed', () => {
    expect(paths.has('/run/socket')).toBe(true)
    expect(paths.has('/nothere')).toBe(false)
  })
})

it('an image is read once, and all its machines start from the same trees', async () => {
  const image = imageOf('debian-12')
  expect(bootState(image)).toBe(bootState(image))
  const [one, two] = [await Machine.boot(image), await Machine.boot(image)]
  const etc = (machine: Machine): unknown => inodeAt(machine.state.trees.get('disk'), 'usr')
  expect(etc(one)).toBe(etc(two))
})

it('the index of modules is that of modules.dep, the needed ones last', () => {
  expect(bootState(imageOf('debian-12')).moduleIndex.get('br_netfilter')).toEqual(['bridge', 'stp', 'llc'])
  expect(bootState(imageOf('debian-12-container')).moduleIndex.size).toBe(0)
})

it.each(['1970-01-01T00:00:00Z', '2000-02-29T23:59:59Z', '2026-11-23T01:45:07Z', '2100-03-01T00:00:00Z'])(
  '%s is read as date(1) reads it',
  iso => {
    expect(parseIsoSeconds(iso)).toBe(Date.parse(iso) / 1000)
  },
)
