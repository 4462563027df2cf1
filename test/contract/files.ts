import { describe, expect, test } from 'vitest'
import { digestOf } from '../../src/host/digest.ts'
import type { Request } from '../../src/host/host.ts'
import { encodeText } from '../../src/host/surrogate-escape.ts'
import { content, draws, fileName } from './drawn.ts'
import type { Contract } from './host.ts'
import { ask, bytesOf, errno, expectBytes, listOf, readOf, run, textOf } from './replies.ts'

const LONG_NAME = 'n'.repeat(256)

/** Reading, listing and removing files. */
export function describeFiles(contract: Contract): void {
  describe('a file', () => {
    describeReads(contract)
    describeDigests(contract)
    describeLists(contract)
    describeRemoves(contract)
  })
}

/** A directory with a file, a link to it, a dangling link, a looping link and a directory. */
async function makeZoo({ host, path }: Contract, name: string): Promise<string> {
  const zoo = path(name)
  await run(host(), 'mkdir', zoo, `${zoo}/sub`)
  await host().send([{ kind: 'write', path: `${zoo}/file.conf`, content: bytesOf('text\n'), mode: 0o640 }])
  await run(host(), 'ln', '-s', 'file.conf', `${zoo}/link.conf`)
  await run(host(), 'ln', '-s', 'nowhere', `${zoo}/dangling.conf`)
  await run(host(), 'ln', '-s', 'loop.conf', `${zoo}/loop.conf`)
  return zoo
}

function describeReads(contract: Contract): void {
  const { host } = contract
  test('is read whole, with its stat, symlinks followed', async () => {
    const zoo = await makeZoo(contract, 'read')
    const [direct, linked] = await host().send([
      { kind: 'read', path: `${zoo}/file.conf` },
      { kind: 'read', path: `${zoo}/link.conf` },
    ])
    const reply = readOf(direct)
    expect(textOf(reply.content)).toBe('text\n')
    expect(reply.stat).toMatchObject({ type: 'file', mode: 0o640, uid: 0, gid: 0, sizeBytes: 5 })
    expect(readOf(linked)).toEqual(reply)
    const nowSeconds = Number(await run(host(), 'date', '+%s'))
    expect(Math.abs(nowSeconds - reply.stat.mtimeSeconds)).toBeLessThan(60)
  })

  test('that cannot be read is an errno, and the others of the batch are read', async () => {
    const zoo = await makeZoo(contract, 'unread')
    const cases: readonly [string, string][] = [
      ['nope', 'ENOENT'],
      ['dangling.conf', 'ENOENT'],
      ['nope/nope', 'ENOENT'],
      ['sub', 'EISDIR'],
      ['file.conf/x', 'ENOTDIR'],
      ['loop.conf', 'ELOOP'],
      [LONG_NAME, 'ENAMETOOLONG'],
      ['x/'.repeat(2100), 'ENAMETOOLONG'],
    ]
    const batch = cases.flatMap(([name]): Request[] => [
      { kind: 'read', path: `${zoo}/${name}` },
      { kind: 'read', path: `${zoo}/file.conf` },
    ])
    const replies = await host().send(batch)
    cases.forEach(([name, code], at) => {
      expect([name.slice(0, 20), replies[2 * at]]).toEqual([name.slice(0, 20), errno(code)])
      expect(textOf(readOf(replies[2 * at + 1]).content)).toBe('text\n')
    })
  })

  test('below /proc is read although its size is 0', async () => {
    const reply = readOf(await ask(host(), { kind: 'read', path: '/proc/sys/kernel/ostype' }))
    expect(textOf(reply.content)).toBe('Linux\n')
    expect(reply.stat.sizeBytes).toBe(0)
  })
}

function describeDigests({ host, path }: Contract): void {
  test('is read only if its content is the one that was expected', async () => {
    const there = path('expected')
    const text = bytesOf('expected')
    await ask(host(), { kind: 'write', path: there, content: text })
    const replies = await host().send([
      { kind: 'read', path: there, ifDigest: digestOf(text) },
      { kind: 'read', path: there, ifDigest: digestOf(bytesOf('other')) },
      { kind: 'read', path: there, ifDigest: 'absent' },
      { kind: 'read', path: path('unexpected'), ifDigest: digestOf(text) },
      { kind: 'read', path: path('unexpected'), ifDigest: 'absent' },
      { kind: 'read', path: '/', ifDigest: 'absent' },
    ])
    expect(textOf(readOf(replies[0]).content)).toBe('expected')
    const stale = errno('ESTALE')
    expect(replies.slice(1)).toEqual([stale, stale, stale, { kind: 'done' }, stale])
  })

  test('is written only if its content is the one that was expected', async () => {
    const there = path('guarded')
    const [one, two, three] = ['one', 'two', 'three'].map(bytesOf)
    if (one === undefined || two === undefined || three === undefined) throw new Error('three are three')
    const replies = await host().send([
      { kind: 'write', path: there, content: one, ifDigest: digestOf(one) },
      { kind: 'write', path: there, content: one, ifDigest: 'absent' },
      { kind: 'write', path: there, content: two, ifDigest: 'absent' },
      { kind: 'write', path: there, content: two, ifDigest: digestOf(three) },
      { kind: 'write', path: there, content: three, ifDigest: digestOf(one) },
      { kind: 'read', path: there },
    ])
    const [stale, done] = [errno('ESTALE'), { kind: 'done' }]
    expect(replies.slice(0, 5)).toEqual([stale, done, stale, stale, done])
    expect(textOf(readOf(replies[5]).content)).toBe('three')
  })
}

function describeLists(contract: Contract): void {
  const { host, path } = contract
  test('is listed by name, bytewise sorted, as lstat(2) has it', async () => {
    const zoo = await makeZoo(contract, 'listed')
    const { entries } = listOf(await ask(host(), { kind: 'list', path: zoo }))
    expect(entries.map(({ name, stat, target }) => [name, stat.type, target])).toEqual([
      ['dangling.conf', 'symlink', 'nowhere'],
      ['file.conf', 'file', undefined],
      ['link.conf', 'symlink', 'file.conf'],
      ['loop.conf', 'symlink', 'loop.conf'],
      ['sub', 'directory', undefined],
    ])
    expect(entries[1]?.stat).toMatchObject({ mode: 0o640, uid: 0, gid: 0, sizeBytes: 5 })
    const read = readOf(await ask(host(), { kind: 'read', path: `${zoo}/file.conf` }))
    expect(entries[1]?.stat).toEqual(read.stat)
  })

  test('brings its content along in a listing, or says why not', async () => {
    const zoo = await makeZoo(contract, 'brought')
    await ask(host(), { kind: 'write', path: `${zoo}/other.txt`, content: bytesOf('other') })
    const { entries } = listOf(await ask(host(), { kind: 'list', path: zoo, contentOf: '.conf' }))
    const said = entries.map(({ content: bytes }) => (typeof bytes === 'object' ? textOf(bytes) : bytes))
    expect(said).toEqual(['ENOENT', 'text\n', 'text\n', 'ELOOP', undefined, undefined])
  })

  test('may have any name and content', async () => {
    const directory = path('names')
    await run(host(), 'mkdir', directory)
    const names = [...new Set(draws(fileName, 120))]
    const contents = draws(content, names.length)
    const files = names.map((name, at) => ({ name, bytes: contents[at] ?? new Uint8Array() }))
    const written = await host().send(
      files.map(({ name, bytes }) => ({ kind: 'write', path: `${directory}/${name}`, content: bytes })),
    )
    expect(new Set(written.map(reply => reply.kind))).toEqual(new Set(['done']))
    const [listing, ...reads] = await host().send([
      { kind: 'list', path: directory, contentOf: '' },
      ...files.map(({ name }): Request => ({ kind: 'read', path: `${directory}/${name}` })),
    ])
    const byName = files.toSorted((a, b) => Buffer.compare(encodeText(a.name), encodeText(b.name)))
    const { entries } = listOf(listing)
    expect(entries.map(entry => entry.name)).toEqual(byName.map(file => file.name))
    byName.forEach(({ bytes }, at) => {
      const brought = entries[at]?.content
      expectBytes(typeof brought === 'object' ? brought : bytesOf(`${brought}`), bytes)
    })
    files.forEach(({ bytes }, at) => {
      expectBytes(readOf(reads[at]).content, bytes)
    })
  })

  test('listings of what is no directory are an errno', async () => {
    const zoo = await makeZoo(contract, 'unlisted')
    const paths = [`${zoo}/nope`, `${zoo}/file.conf`, `${zoo}/loop.conf`, `${zoo}/${LONG_NAME}`, `${zoo}/sub`]
    const replies = await host().send(paths.map(one => ({ kind: 'list', path: one, contentOf: '' })))
    const codes = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].map(errno)
    expect(replies).toEqual([...codes, { kind: 'list', entries: [] }])
  })
}

function describeRemoves(contract: Contract): void {
  const { host } = contract
  test('is removed; a symlink is removed, not what it points at', async () => {
    const zoo = await makeZoo(contract, 'removed')
    const replies = await host().send([
      { kind: 'remove', path: `${zoo}/link.conf` },
      { kind: 'read', path: `${zoo}/file.conf` },
      { kind: 'remove', path: `${zoo}/file.conf` },
      { kind: 'remove', path: `${zoo}/file.conf` },
      { kind: 'remove', path: `${zoo}/dangling.conf` },
      { kind: 'remove', path: `${zoo}/sub` },
      { kind: 'remove', path: `${zoo}/sub/nope` },
      { kind: 'remove', path: `${zoo}/loop.conf/x` },
      { kind: 'remove', path: `${zoo}/${LONG_NAME}` },
      { kind: 'list', path: zoo },
    ])
    const done = { kind: 'done' }
    const errors = ['EISDIR', 'ENOENT', 'ELOOP', 'ENAMETOOLONG'].map(errno)
    expect([replies[0], ...replies.slice(2, 9)]).toEqual([done, done, errno('ENOENT'), done, ...errors])
    expect(readOf(replies[1]).kind).toBe('read')
    expect(listOf(replies[9]).entries.map(entry => entry.name)).toEqual(['loop.conf', 'sub'])
  })
}
