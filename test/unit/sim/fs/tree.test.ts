import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { Clock } from '../../../../sim/clock.ts'
import { byBytes, emptyTree, ROOT_INO, Tree, type TreeState } from '../../../../sim/fs/tree.ts'
import { KernelError } from '../../../../src/host/errno.ts'
import { decodeText, encodeText } from '../../../../src/host/surrogate-escape.ts'

const NODE = { mode: 0o755, uid: 0, gid: 0 }

let cell: { value: TreeState }
let tree: Tree

function newTree(capacityBytes = 1 << 20, isDurable = true): void {
  cell = { value: emptyTree({ mode: 0o755, seconds: 0, isDurable, capacityBytes }) }
  tree = new Tree('ext4', cell, new Clock({ value: { bootSeconds: 1000, monotonicNs: 0 } }))
}

beforeEach(() => newTree())

const errnoOf = (call: () => unknown): string => {
  try {
    call()
    return 'done'
  } catch (error) {
    if (error instanceof KernelError) return error.errno
    throw error
  }
}

const names = (directory: number | string = ROOT_INO): readonly string[] => tree.names(directory)

describe('a link count', () => {
  it('of a directory is 2 and one for each directory in it', () => {
    const a = tree.mkdir(ROOT_INO, 'a', NODE)
    tree.mkdir(a, 'b', NODE)
    tree.create(a, 'file', NODE)
    expect([tree.getattr(ROOT_INO).nlink, tree.getattr(a).nlink]).toEqual([3, 3])
    tree.rmdir(a, 'b')
    expect(tree.getattr(a).nlink).toBe(2)
  })

  it('of a file is the number of its names; the last one frees it', () => {
    const file = tree.create(ROOT_INO, 'one', NODE)
    tree.link(ROOT_INO, 'two', file)
    tree.unlink(ROOT_INO, 'one')
    expect(tree.getattr(file).nlink).toBe(1)
    tree.unlink(ROOT_INO, 'two')
    expect(() => tree.getattr(file)).toThrow(KernelError)
  })
})

it('an open file that is unlinked keeps its bytes until it is closed', () => {
  const node = tree.create(ROOT_INO, 'file', NODE)
  const file = tree.open(node, { read: true, write: true })
  file.hold()
  file.write(encodeText('text'))
  tree.unlink(ROOT_INO, 'file')
  file.seek(0)
  expect(decodeText(file.read(9) ?? new Uint8Array())).toBe('text')
  file.release()
  expect(cell.value.inodes.has(Number(node))).toBe(false)
  expect(cell.value.usedBytes).toBe(0)
})

it('a file system that is full is ENOSPC, and the file stays what it was', () => {
  newTree(8192)
  const node = tree.create(ROOT_INO, 'file', NODE)
  tree.setContent(node, encodeText('small'))
  expect(errnoOf(() => tree.setContent(node, new Uint8Array(8193)))).toBe('ENOSPC')
  expect(decodeText(tree.content(node))).toBe('small')
})

describe('rename(2)', () => {
  const at = (name: string) => ({ directory: ROOT_INO, name })

  it('replaces a file with a file and an empty directory with a directory, nothing else', () => {
    tree.create(ROOT_INO, 'file', NODE)
    const full = tree.mkdir(ROOT_INO, 'full', NODE)
    tree.create(full, 'x', NODE)
    tree.mkdir(ROOT_INO, 'empty', NODE)
    expect(errnoOf(() => tree.rename(at('file'), at('full')))).toBe('EISDIR')
    expect(errnoOf(() => tree.rename(at('full'), at('file')))).toBe('ENOTDIR')
    expect(errnoOf(() => tree.rename(at('empty'), at('full')))).toBe('ENOTEMPTY')
    expect(errnoOf(() => tree.rename(at('full'), at('empty')))).toBe('done')
    expect([names(), names(full)]).toEqual([['empty', 'file'], ['x']])
    expect(tree.getattr(ROOT_INO).nlink).toBe(3)
  })

  it('of a name to another name of the same file does nothing', () => {
    const file = tree.create(ROOT_INO, 'one', NODE)
    tree.link(ROOT_INO, 'two', file)
    tree.rename(at('one'), at('two'))
    expect(names()).toEqual(['one', 'two'])
  })

  it('of a directory moves its parent', () => {
    const a = tree.mkdir(ROOT_INO, 'a', NODE)
    const b = tree.mkdir(ROOT_INO, 'b', NODE)
    tree.rename(at('a'), { directory: b, name: 'a' })
    expect(tree.parent(a)).toBe(b)
    expect([tree.getattr(ROOT_INO).nlink, tree.getattr(b).nlink]).toEqual([3, 3])
  })
})

it('what was synced is durable, what was not is not', () => {
  const synced = tree.create(ROOT_INO, 'synced', NODE)
  tree.setContent(synced, encodeText('one'))
  tree.fsync(synced)
  expect(cell.value.durable?.has(Number(synced))).toBe(true)
  const directory = cell.value.durable?.get(ROOT_INO)
  expect(directory?.type === 'directory' && directory.entries.has('synced')).toBe(false)
  tree.setContent(synced, encodeText('two'))
  expect(cell.value.durable?.get(Number(synced))).not.toBe(tree.inode(synced))
  tree.syncAll()
  expect(cell.value.durable).toBe(cell.value.inodes)
})

/** One operation on names of the root directory. */
const operation = fc.record({
  kind: fc.constantFrom('create', 'mkdir', 'link', 'unlink', 'rmdir', 'rename', 'write'),
  from: fc.constantFrom('a', 'b', 'c'),
  to: fc.constantFrom('a', 'b', 'c'),
  text: fc.string({ maxLength: 8 }),
})

type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never
/** A file with its text; a directory has none. */
type ModelFile = { text: string | undefined }

/** The same on a plain map: what a name leads to, and which names are the same file. */
function applyToModel(model: Map<string, ModelFile>, { kind, from, to, text }: Operation): void {
  const [file, other] = [model.get(from), model.get(to)]
  const isFile = file?.text !== undefined
  if (kind === 'create' && file === undefined) model.set(from, { text: '' })
  if (kind === 'mkdir' && file === undefined) model.set(from, { text: undefined })
  if (file === undefined) return
  if (kind === 'link' && isFile && other === undefined) model.set(to, file)
  if (kind === 'unlink' && isFile) model.delete(from)
  if (kind === 'rmdir' && !isFile) model.delete(from)
  if (kind === 'write' && isFile) file.text = text
  const isSameKind = other === undefined || isFile === (other.text !== undefined)
  if (kind === 'rename' && isSameKind && file !== other) {
    model.delete(from)
    model.set(to, file)
  }
}

function applyToTree({ kind, from, to, text }: Operation): void {
  const node = tree.lookup(ROOT_INO, from)
  const isDirectory = node !== undefined && tree.getattr(node).type === 'directory'
  if (kind === 'create') tree.create(ROOT_INO, from, NODE)
  else if (kind === 'mkdir') tree.mkdir(ROOT_INO, from, NODE)
  else if (node === undefined) return
  else if (kind === 'rename')
    tree.rename({ directory: ROOT_INO, name: from }, { directory: ROOT_INO, name: to })
  else if (kind === 'rmdir') tree.rmdir(ROOT_INO, from)
  else if (isDirectory) return
  else if (kind === 'unlink') tree.unlink(ROOT_INO, from)
  else if (kind === 'write') tree.setContent(node, encodeText(text))
  else if (tree.lookup(ROOT_INO, to) === undefined) tree.link(ROOT_INO, to, node)
}

function seen(): readonly unknown[] {
  return names().map(name => {
    const node = tree.lookup(ROOT_INO, name) ?? 0
    return [name, tree.getattr(node).type === 'directory' ? undefined : decodeText(tree.content(node))]
  })
}

it('a tree does what a map of names does, and accounts for what it holds', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 25 }), operations => {
      newTree()
      const model = new Map<string, ModelFile>()
      for (const each of operations) {
        errnoOf(() => applyToTree(each))
        applyToModel(model, each)
        const expected = [...model].map(([name, file]) => [name, file.text] as const)
        expect(seen()).toEqual(expected.sort(([a], [b]) => (a < b ? -1 : 1)))
      }
      const files = new Set(model.values())
      const withBlocks = [...files].filter(file => file.text !== '').length
      expect(cell.value.usedBytes).toBe(4096 * withBlocks)
      expect(cell.value.inodes.size).toBe(1 + files.size)
    }),
  )
})

it('names are in the order of their bytes', () => {
  const name = fc.uint8Array({ maxLength: 6 }).map(bytes => decodeText(bytes))
  fc.assert(
    fc.property(fc.array(name), texts => {
      const expected = texts.map(encodeText).sort((a, b) => Buffer.compare(a, b))
      expect(texts.toSorted(byBytes).map(encodeText)).toEqual(expected)
    }),
  )
  expect(['\u{1f600}', '\ue000', '\udc80', 'é'].sort(byBytes)).toEqual(['\udc80', 'é', '\ue000', '\u{1f600}'])
})

it('what is made below a directory with setgid has its group, and a directory the bit too', () => {
  const shared = tree.mkdir(ROOT_INO, 'shared', { mode: 0o2775, uid: 0, gid: 7 })
  const [file, below] = [tree.create(shared, 'file', NODE), tree.mkdir(shared, 'below', NODE)]
  expect([file, below].map(node => [tree.getattr(node).gid, tree.getattr(node).mode])).toEqual([
    [7, 0o755],
    [7, 0o2755],
  ])
})
