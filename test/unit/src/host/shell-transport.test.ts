import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type FarShell, startProgram } from '../../../../src/host/far-shell.ts'
import type { Host, Request } from '../../../../src/host/host.ts'
import { HostError } from '../../../../src/host/host.ts'
import { openShellHost, type ShellTransport } from '../../../../src/host/shell-transport.ts'

type Argv = readonly [string, ...string[]]

const open = (argv: (bootstrap: string) => Argv, more: Partial<ShellTransport> = {}): Host =>
  openShellHost({
    name: 'far',
    start: bootstrap => startProgram(argv(bootstrap)),
    explain: ({ spawnError, stderr }) => ({ reason: 'unreachable', message: `${spawnError ?? stderr}` }),
    ...more,
  })

/** This machine, with the shells that were started for it. */
function counted(): { readonly host: Host; readonly shells: readonly FarShell[] } {
  const shells: FarShell[] = []
  const host = openShellHost({
    name: 'far',
    start(bootstrap) {
      const shell = startProgram(['sh', '-c', bootstrap])
      shells.push(shell)
      return shell
    },
    explain: ({ stderr }) => ({ reason: 'unreachable', message: stderr }),
  })
  return { host, shells }
}

const local = (): Host => open(bootstrap => ['sh', '-c', bootstrap])

/**
 * Ends the far shell itself: the parent of `timeout`, which is the parent of the program. Nobody else is left to remove
 * what it kept in its temporary directory.
 */
const CUT = `read -r _ _ _ shell _ </proc/$PPID/stat
kill -KILL "$shell"
rm -r "$(dirname "$(readlink /proc/$$/fd/1)")"`
const cutTheLink: Request = { kind: 'exec', argv: ['sh', '-c', CUT] }
const say = (word: string): Request => ({ kind: 'exec', argv: ['printf', word] })

async function failureOf(sent: Promise<unknown>): Promise<HostError> {
  const error: unknown = await sent.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof HostError)) throw new Error('no HostError', { cause: error })
  return error
}

describe('a host behind a shell', () => {
  test('that vanishes in the middle tells the replies that had arrived', async () => {
    const error = await failureOf(local().send([say('one'), say('two'), cutTheLink, say('three')]))
    expect(error).toMatchObject({ reason: 'closed' })
    expect(error.message).toMatch(/^far: /)
    expect(error.replies).toMatchObject([
      { kind: 'exec', stdout: Buffer.from('one') },
      { kind: 'exec', stdout: Buffer.from('two') },
    ])
  })

  test('that vanishes while something is undone tells how far that came', async () => {
    const failing: Request = { kind: 'exec', argv: ['false'], onFailure: [say('undone'), cutTheLink] }
    const error = await failureOf(local().send([failing, say('never')], { stopAtFailure: true }))
    expect(error.replies).toMatchObject([{ exitCode: 1, recovery: [{ stdout: Buffer.from('undone') }] }])
  })

  test('that vanishes before it takes a big payload is closed, not an error of the pipe', async () => {
    const big: Request = { kind: 'exec', argv: ['cat'], stdin: new Uint8Array(4 << 20) }
    expect(await failureOf(local().send([cutTheLink, big]))).toMatchObject({ reason: 'closed', replies: [] })
  })

  test('keeps nothing on the far side behind a batch', async () => {
    const where: Request = { kind: 'exec', argv: ['readlink', '/proc/self/fd/1'] }
    const [reply] = await local().send([where])
    const path = reply?.kind === 'exec' ? Buffer.from(reply.stdout).toString() : ''
    expect(path).toMatch(/^\/(run|tmp|dev\/shm)\/seatrial-\w+\/o1\n$/)
    expect(existsSync(dirname(path))).toBe(false)
  })

  test('is one shell for batches that follow each other, and each finds it as the first did', async () => {
    const { host, shells } = counted()
    const surroundings: Request = { kind: 'exec', argv: ['sh', '-c', 'umask; pwd; echo "$PATH"'] }
    const replies = await host.send([surroundings])
    await host.send([{ kind: 'exec', argv: ['cat'], cwd: '/tmp', stdin: Buffer.from('1\nexit\n') }])
    await host.send([say('x'), { kind: 'read', path: '/none' }, say('y')], { stopAtFailure: true })
    expect(await host.send([surroundings])).toEqual(replies)
    expect(shells.length).toBe(1)
    await host.close()
  })

  test('starts a shell more for what is sent meanwhile, and keeps one', async () => {
    const { host, shells } = counted()
    await Promise.all([host.send([say('a')]), host.send([say('b')])])
    expect(shells.length).toBe(2)
    await Promise.race(shells.map(shell => shell.ended))
    await host.send([say('c')])
    expect(shells.length).toBe(2)
    await host.close()
  })

  test('whose kept shell is lost starts another', async () => {
    const { host, shells } = counted()
    await host.send([say('a')])
    shells[0]?.kill()
    await shells[0]?.ended
    expect(await host.send([say('b')])).toMatchObject([{ exitCode: 0 }])
    expect(shells.length).toBe(2)
    await host.close()
  })

  test('keeps its shell until it is closed', async () => {
    const { host, shells } = counted()
    await host.send([say('a')])
    await host.close()
    await shells[0]?.ended
  })

  test('does not keep the process that holds it from ending', async () => {
    const runner = new URL('keeps-a-shell.ts', import.meta.url).pathname
    const { stdout, status } = spawnSync(process.execPath, ['test/record.mjs', runner], { encoding: 'utf8' })
    expect({ stdout, status }).toEqual({ stdout: 'answered', status: 0 })
  })

  test('whose program is not there says so', async () => {
    const error = await failureOf(open(() => ['/no/such/client']).send([say('x')]))
    expect(error).toMatchObject({ reason: 'unreachable', message: 'far: ENOENT', replies: [] })
  })

  test('whose program ends before the shell answers says what it wrote', async () => {
    const error = await failureOf(open(() => ['sh', '-c', 'echo no route >&2; exit 255']).send([say('x')]))
    expect(error).toMatchObject({ reason: 'unreachable', message: 'far: no route' })
  })

  test('that does not answer is given up after a time', async () => {
    const host = open(() => ['sh', '-c', 'echo still trying >&2; exec sleep 60'], { connectTimeoutMs: 200 })
    expect(await failureOf(host.send([say('x')]))).toMatchObject({
      reason: 'timeout',
      message: 'far: still trying',
    })
  })

  test('that is slow once it has answered is not given up', async () => {
    const host = open(bootstrap => ['sh', '-c', bootstrap], { connectTimeoutMs: 2000 })
    const replies = await host.send([{ kind: 'exec', argv: ['sleep', '2.2'] }])
    expect(replies).toMatchObject([{ exitCode: 0 }])
  })

  test('that is closed sends nothing more, and what was on its way is closed', async () => {
    const host = local()
    const running = failureOf(host.send([{ kind: 'exec', argv: ['sleep', '2'] }]))
    await host.close()
    await host.close()
    expect(await running).toMatchObject({ reason: 'closed', replies: [] })
    expect(await failureOf(host.send([say('x')]))).toMatchObject({ reason: 'closed' })
  })

  test('refuses what cannot be asked before anything is started', async () => {
    await expect(local().send([say('a\0b')])).rejects.toThrow(RangeError)
  })
})
