import { describe, expect, test } from 'vitest'
import type { Request, Write } from '../../src/host/host.ts'
import type { Contract } from './host.ts'
import { ask, bytesOf, errno, listOf, readOf, run, textOf } from './replies.ts'

const write = (path: string, text: string, more: Partial<Write> = {}): Write => ({
  kind: 'write',
  path,
  content: bytesOf(text),
  ...more,
})

const read = (path: string): Request => ({ kind: 'read', path })

/** Replacing files. */
export function describeWrites(contract: Contract): void {
  describe('a written file', () => {
    describeModes(contract)
    describeLinks(contract)
    describeRefusals(contract)
    describeKernelFiles(contract)
    describeMounts(contract)
    describeAtomicity(contract)
  })
}

function describeModes({ host, path, needing }: Contract): void {
  test('has mode 0644 when it is new, its own mode when it is not, and another where that is asked', async () => {
    const file = path('mode')
    const replies = await host().send([
      write(file, 'new'),
      read(file),
      write(file, 'asked', { mode: 0o4750 }),
      read(file),
      write(file, 'kept'),
      read(file),
      write(file, ''),
      read(file),
      write(path('new-mode'), 'secret', { mode: 0o600 }),
      read(path('new-mode')),
    ])
    const reads = replies.filter((_, at) => at % 2 === 1).map(readOf)
    expect(reads.map(reply => reply.stat.mode)).toEqual([0o644, 0o4750, 0o4750, 0o4750, 0o600])
    expect(reads.map(reply => textOf(reply.content))).toEqual(['new', 'asked', 'kept', '', 'secret'])
  })

  needing('the owner of a file can be changed', 'keeps its owner and group', async () => {
    const file = path('owned')
    await ask(host(), write(file, 'before', { mode: 0o640 }))
    await run(host(), 'chown', '12:34', file)
    const [, reply] = await host().send([write(file, 'after'), read(file)])
    expect(readOf(reply).stat).toMatchObject({ uid: 12, gid: 34, mode: 0o640, sizeBytes: 5 })
  })
}

function describeLinks({ host, path }: Contract): void {
  test('is written at the end of a chain of symlinks, which stay', async () => {
    const directory = path('links')
    await run(host(), 'mkdir', directory, `${directory}/sub`)
    await ask(host(), write(`${directory}/sub/real`, 'old', { mode: 0o600 }))
    await run(host(), 'ln', '-s', 'sub/real', `${directory}/second`)
    await run(host(), 'ln', '-s', `${directory}/second`, `${directory}/first`)
    await run(host(), 'ln', '-s', 'sub/made', `${directory}/dangling`)
    const replies = await host().send([
      write(`${directory}/first`, 'through'),
      read(`${directory}/sub/real`),
      write(`${directory}/dangling`, 'made'),
      read(`${directory}/sub/made`),
      { kind: 'list', path: directory },
    ])
    expect(textOf(readOf(replies[1]).content)).toBe('through')
    expect(readOf(replies[1]).stat.mode).toBe(0o600)
    expect(textOf(readOf(replies[3]).content)).toBe('made')
    const targets = listOf(replies[4]).entries.map(({ name, target }) => [name, target])
    expect(targets).toEqual([
      ['dangling', 'sub/made'],
      ['first', `${directory}/second`],
      ['second', 'sub/real'],
      ['sub', undefined],
    ])
  })
}

function describeRefusals({ host, path }: Contract): void {
  test('that cannot be written is an errno, and nothing is left behind', async () => {
    const directory = path('refused')
    await run(host(), 'mkdir', directory, `${directory}/sub`)
    await ask(host(), write(`${directory}/file`, 'text'))
    await run(host(), 'ln', '-s', 'loop', `${directory}/loop`)
    await run(host(), 'ln', '-s', 'nope/nope', `${directory}/to-nowhere`)
    const cases: readonly [string, string][] = [
      ['nope/file', 'ENOENT'],
      ['to-nowhere', 'ENOENT'],
      ['sub', 'EISDIR'],
      ['file/x', 'ENOTDIR'],
      ['loop', 'ELOOP'],
      ['n'.repeat(256), 'ENAMETOOLONG'],
    ]
    const replies = await host().send(cases.map(([name]) => write(`${directory}/${name}`, 'x')))
    expect(replies).toEqual(cases.map(([, code]) => errno(code)))
    const { entries } = listOf(await ask(host(), { kind: 'list', path: directory }))
    expect(entries.map(entry => entry.name)).toEqual(['file', 'loop', 'sub', 'to-nowhere'])
  })

  test('that is a device is refused, not replaced', async () => {
    expect(await ask(host(), write('/dev/null', 'x'))).toEqual(errno('EINVAL'))
  })
}

function describeKernelFiles({ host }: Contract): void {
  test('below /proc/sys is one write(2), with the errno of the kernel', async () => {
    const key = '/proc/sys/net/ipv4/ip_forward'
    const before = textOf(readOf(await ask(host(), read(key))).content)
    const replies = await host().send([
      write(key, before),
      write(key, 'abc'),
      write('/proc/sys/net/ipv4/no_such_key', '1'),
      write('/proc/sys/kernel/ostype', 'Minix'),
      write('/proc/sys/net/ipv4', '1'),
      read(key),
    ])
    const refusals = ['EINVAL', 'ENOENT', 'EACCES', 'EISDIR'].map(errno)
    expect(replies.slice(0, 5)).toEqual([{ kind: 'done' }, ...refusals])
    expect(textOf(readOf(replies[5]).content)).toBe(before)
  })
}

function describeMounts({ host, path, needing }: Contract): void {
  const ability = 'file systems can be mounted'

  needing(ability, 'on a full or read-only file system stays what it was', async () => {
    const mountPoint = path('small')
    await run(host(), 'mkdir', mountPoint)
    await run(host(), 'mount', '-t', 'tmpfs', '-o', 'size=64k', 'small', mountPoint)
    try {
      const full = await host().send([
        write(`${mountPoint}/file`, 'whole'),
        write(`${mountPoint}/file`, 'x'.repeat(100_000)),
        read(`${mountPoint}/file`),
        { kind: 'list', path: mountPoint },
      ])
      expect(full[1]).toEqual(errno('ENOSPC'))
      expect(textOf(readOf(full[2]).content)).toBe('whole')
      expect(listOf(full[3]).entries.map(entry => entry.name)).toEqual(['file'])
      await run(host(), 'mount', '-o', 'remount,ro', mountPoint)
      const readOnly = await host().send([
        write(`${mountPoint}/file`, 'x'),
        write(`${mountPoint}/other`, 'x'),
        { kind: 'remove', path: `${mountPoint}/file` },
      ])
      expect(readOnly).toEqual([errno('EROFS'), errno('EROFS'), errno('EROFS')])
    } finally {
      await run(host(), 'umount', mountPoint)
    }
  })

  needing(ability, 'onto which another is bound is refused, and both stay', async () => {
    const [over, under] = [path('over'), path('under')]
    await host().send([write(over, 'over'), write(under, 'under')])
    await run(host(), 'mount', '--bind', over, under)
    try {
      const replies = await host().send([write(under, 'new'), read(under), read(over)])
      expect(replies[0]).toEqual(errno('EBUSY'))
      expect(replies.slice(1).map(reply => textOf(readOf(reply).content))).toEqual(['over', 'over'])
    } finally {
      await run(host(), 'umount', under)
    }
    expect(textOf(readOf(await ask(host(), read(under))).content)).toBe('under')
  })
}

function describeAtomicity({ host, path, needing }: Contract): void {
  needing('two batches run at the same time', 'is seen old or new, never in between', async () => {
    const file = path('atomic')
    const [a, b] = ['a', 'b'].map(letter => letter.repeat(100_000))
    if (a === undefined || b === undefined) throw new Error('two are two')
    await ask(host(), write(file, a))
    const writes = Array.from({ length: 30 }, (_, at) => write(file, at % 2 === 0 ? b : a))
    const reads = Array.from({ length: 150 }, () => read(file))
    const [written, ...seen] = await Promise.all([
      host().send(writes),
      ...Array.from({ length: 3 }, () => host().send(reads)),
    ])
    expect(new Set(written.map(reply => reply.kind))).toEqual(new Set(['done']))
    const contents = new Set(seen.flat().map(reply => textOf(readOf(reply).content)))
    for (const content of contents) expect(content === a || content === b).toBe(true)
  })
}
