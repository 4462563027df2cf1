import { mkdtempSync, rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startProgram } from '../../../../src/host/far-shell.ts'
import type { Host, Reply, Request } from '../../../../src/host/host.ts'
import { openShellHost } from '../../../../src/host/shell-transport.ts'

const isRoot = process.getuid?.() === 0

/** A far side that is this machine, seen through `entry`: words that a command line can be put behind. */
const through = (...entry: [string, ...string[]]): Host =>
  openShellHost({
    name: 'far',
    start: bootstrap => startProgram([...entry, 'sh', '-c', bootstrap]),
    explain: ({ spawnError, stderr }) => ({ reason: 'unreachable', message: `${spawnError ?? stderr}` }),
  })

/** In a mount namespace of its own, where `script` has mounted what it wants. */
const mounted = (script: string): Host => through('unshare', '-m', 'sh', '-ec', `${script}; exec "$@"`, 'sh')

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
const write = (path: string): Request => ({ kind: 'write', path, content: bytes('new') })
const textOf = (reply: Reply | undefined): string =>
  reply?.kind === 'exec' ? Buffer.from(reply.stdout).toString() : JSON.stringify(reply)
const errno = (name: string) => ({ kind: 'errno', errno: name })

describe.skipIf(!isRoot)('with nowhere to write (needs root, to mount)', () => {
  const FULL = 'mount -t tmpfs -o size=4k full "$d"; printf %4096s x >"$d/full"'
  const READ_ONLY = 'mount -t tmpfs -o ro none "$d"'

  test('a batch runs from whichever of /run, /dev/shm and /tmp has room', async () => {
    const host = mounted(`d=/run; ${FULL}; d=/dev/shm; ${READ_ONLY}; mount -t tmpfs none /tmp`)
    const where: Request = { kind: 'exec', argv: ['readlink', '/proc/self/fd/1'] }
    const [path, left] = await host.send([
      where,
      { kind: 'exec', argv: ['find', '/run', '-name', 'seatrial-*'] },
    ])
    expect(textOf(path)).toMatch(/^\/tmp\/seatrial-/)
    expect(textOf(left)).toBe('')
  })

  test('a batch that has room nowhere does not begin, and says so', async () => {
    const host = mounted(`for d in /run /dev/shm /tmp; do ${READ_ONLY}; done`)
    await expect(host.send([write('/tmp/x')])).rejects.toMatchObject({
      reason: 'unreachable',
      message: 'far: no directory of /run, /dev/shm and /tmp can be written to',
    })
  })
})

describe.skipIf(!isRoot)('without root (needs root, to give it up)', () => {
  let directory = ''
  const nobody = through('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups')
  const root = through('env')

  beforeAll(async () => {
    directory = mkdtempSync('/var/tmp/seatrial-nobody-')
    await root.send([
      { kind: 'exec', argv: ['mkdir', `${directory}/closed`, `${directory}/shared`] },
      { kind: 'write', path: `${directory}/secret`, content: bytes('secret'), mode: 0o600 },
      { kind: 'write', path: `${directory}/shared/roots`, content: bytes('old') },
      { kind: 'exec', argv: ['chmod', '0700', `${directory}/closed`] },
      { kind: 'exec', argv: ['chmod', '0777', `${directory}/shared`] },
      { kind: 'exec', argv: ['chmod', '0755', directory] },
    ])
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  test('what is not permitted is EACCES, in every request', async () => {
    const replies = await nobody.send([
      { kind: 'read', path: `${directory}/secret` },
      { kind: 'read', path: `${directory}/closed/x` },
      { kind: 'list', path: `${directory}/closed` },
      write(`${directory}/secret`),
      write(`${directory}/closed/x`),
      write('/proc/sys/net/ipv4/ip_forward'),
      { kind: 'remove', path: `${directory}/secret` },
      { kind: 'exec', argv: ['pwd'], cwd: `${directory}/closed` },
    ])
    expect(replies).toEqual(replies.map(() => errno('EACCES')))
  })

  test('what may not be executed is 126', async () => {
    const [reply] = await nobody.send([{ kind: 'exec', argv: [`${directory}/secret`] }])
    expect(reply).toMatchObject({ exitCode: 126 })
  })

  test("a file of another's is not made one's own by writing it", async () => {
    const path = `${directory}/shared/roots`
    const [written, listed, read] = await nobody.send([
      write(path),
      { kind: 'list', path: `${directory}/shared` },
      { kind: 'read', path },
    ])
    expect(written).toEqual(errno('EPERM'))
    expect(listed).toMatchObject({ entries: [{ name: 'roots', stat: { uid: 0 } }] })
    expect(read).toMatchObject({ content: Buffer.from('old') })
  })
})
