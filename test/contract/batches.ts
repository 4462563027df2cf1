import { describe, expect, test } from 'vitest'
import { digestOf } from '../../src/host/digest.ts'
import type { Exec, Request } from '../../src/host/host.ts'
import type { Contract } from './host.ts'
import { ask, bytesOf, errno, execOf, readOf, run, textOf } from './replies.ts'

const sh = (script: string): Exec => ({ kind: 'exec', argv: ['sh', '-c', script] })
const notRun = { kind: 'not-run', reason: 'earlier-failure' }

/** What holds for requests that travel together. */
export function describeBatches(contract: Contract): void {
  describe('a batch', () => {
    describeOrder(contract)
    describeStopping(contract)
    describeRecovery(contract)
    describeWaiting(contract)
    describeLocks(contract)
    describeClosing(contract)
  })
}

function describeOrder({ host, path }: Contract): void {
  test('of nothing has no replies', async () => {
    expect(await host().send([])).toEqual([])
  })

  test('runs in order, what follows sees what went before', async () => {
    const file = path('order')
    const replies = await host().send([
      { kind: 'read', path: file },
      { kind: 'write', path: file, content: bytesOf('1') },
      { kind: 'read', path: file },
      { kind: 'exec', argv: ['sh', '-c', `printf 2 >>'${file}'`] },
      { kind: 'read', path: file },
      { kind: 'remove', path: file },
      { kind: 'read', path: file },
    ])
    expect([replies[0], replies[6]]).toEqual([errno('ENOENT'), errno('ENOENT')])
    expect([replies[2], replies[4]].map(reply => textOf(readOf(reply).content))).toEqual(['1', '12'])
  })

  test('of 500 requests is answered in order', async () => {
    const batch = Array.from({ length: 500 }, (_, at): Request => {
      if (at % 2 === 0) return { kind: 'exec', argv: ['printf', '%s', `${at}`] }
      return { kind: 'read', path: path(`missing-${at}`) }
    })
    const replies = await host().send(batch)
    expect(replies.length).toBe(500)
    replies.forEach((reply, at) => {
      if (at % 2 === 0) expect(textOf(execOf(reply).stdout)).toBe(`${at}`)
      else expect(reply).toEqual(errno('ENOENT'))
    })
  })

  test('that may run in any order is answered in its own', async () => {
    const batch = Array.from({ length: 60 }, (_, at): Request => {
      if (at % 4 === 1) return { kind: 'read', path: path(`missing-${at}`) }
      if (at % 4 === 2) return { kind: 'list', path: path(`missing-${at}`) }
      if (at % 4 === 3) return { kind: 'exec', argv: ['cat'], stdin: bytesOf(`${at}`) }
      return sh(`printf ${at}; printf '%s' ${at}-e >&2; exit ${at}`)
    })
    const replies = await host().send(batch, { anyOrder: true })
    for (const [at, reply] of replies.entries()) {
      if (at % 4 === 1 || at % 4 === 2) {
        expect(reply).toEqual(errno('ENOENT'))
        continue
      }
      const { exitCode, stdout, stderr } = execOf(reply)
      const said = { exitCode, stdout: textOf(stdout), stderr: textOf(stderr) }
      const isCat = at % 4 === 3
      expect(said).toEqual({ exitCode: isCat ? 0 : at, stdout: `${at}`, stderr: isCat ? '' : `${at}-e` })
    }
  })

  test('that may run in any order ends each program at its own time limit', async () => {
    const slow: Exec = { ...sh('sleep 60'), timeoutMs: 300 }
    const [first, second] = await host().send([slow, sh('echo well')], { anyOrder: true })
    expect([execOf(first).isTimedOut, textOf(execOf(second).stdout)]).toEqual([true, 'well\n'])
  })

  test('carries 8 MiB of content there and back', async () => {
    const content = Uint8Array.from({ length: 8 << 20 }, (_, at) => (at * 2_654_435_761) >>> 24)
    const [, reply] = await host().send([
      { kind: 'write', path: path('big'), content },
      { kind: 'read', path: path('big') },
    ])
    expect(digestOf(readOf(reply).content)).toBe(digestOf(content))
  })
}

function describeStopping({ host, path }: Contract): void {
  const makeMark: Request = { kind: 'exec', argv: ['true'], stdin: bytesOf('unread') }

  test('goes on after a failure where it was not told to stop', async () => {
    const replies = await host().send([sh('exit 1'), { kind: 'remove', path: path('none') }, sh('exit 0')])
    expect(replies).toMatchObject([{ exitCode: 1 }, errno('ENOENT'), { exitCode: 0 }])
  })

  test.each<[string, (missing: string) => Request]>([
    ['a program', () => sh('exit 3')],
    ['a program that is not there', () => ({ kind: 'exec', argv: ['no-such-program'] })],
    ['a directory that cannot be entered', missing => ({ kind: 'exec', argv: ['true'], cwd: missing })],
    ['a time limit', () => ({ kind: 'exec', argv: ['sleep', '60'], timeoutMs: 100 })],
    ['a read', missing => ({ kind: 'read', path: missing })],
    ['a stale read', () => ({ kind: 'read', path: '/', ifDigest: 'absent' })],
    ['a write', missing => ({ kind: 'write', path: `${missing}/x`, content: bytesOf('lost') })],
    [
      'a stale write',
      missing => ({ kind: 'write', path: missing, content: bytesOf('x'), ifDigest: digestOf(bytesOf('')) }),
    ],
    ['a removal', missing => ({ kind: 'remove', path: missing })],
    ['a listing', missing => ({ kind: 'list', path: missing })],
    ['a wait', () => ({ kind: 'wait', exec: sh('exit 1'), limitMs: 1 })],
  ])('that stops at a failure runs nothing after %s', async (_, make) => {
    const mark = path('must-not-be')
    const replies = await host().send(
      [
        makeMark,
        make(path('missing')),
        { kind: 'write', path: mark, content: bytesOf('x') },
        { kind: 'read', path: mark },
      ],
      { stopAtFailure: true },
    )
    expect(replies[0]).toMatchObject({ exitCode: 0 })
    expect(replies.slice(2)).toEqual([notRun, notRun])
    expect(await ask(host(), { kind: 'read', path: mark })).toEqual(errno('ENOENT'))
  })

  test('that stops at a failure answers nothing behind a read that failed among reads', async () => {
    const there: Request = { kind: 'read', path: '/proc/sys/kernel/ostype' }
    const absent: Request = { kind: 'read', path: path('missing'), ifDigest: 'absent' }
    const batch: Request[] = [there, absent, { kind: 'read', path: path('missing') }, there, sh('exit 0')]
    const replies = await host().send(batch, { stopAtFailure: true })
    expect(replies.map(reply => reply.kind)).toEqual(['read', 'done', 'errno', 'not-run', 'not-run'])
  })
}

function describeRecovery({ host, path }: Contract): void {
  const steps = (file: string, exitCode: number): Request[] => [
    { kind: 'write', path: file, content: bytesOf('new') },
    {
      ...sh(`exit ${exitCode}`),
      onFailure: [
        sh('exit 9'),
        { kind: 'write', path: file, content: bytesOf('old again') },
        { kind: 'exec', argv: ['cat'], stdin: bytesOf('payload') },
        { kind: 'read', path: path('none') },
        { kind: 'read', path: file },
      ],
    },
    { kind: 'exec', argv: ['cat'], stdin: bytesOf('next') },
  ]

  test('that stops at a failure runs all of what undoes it', async () => {
    const replies = await host().send(steps(path('undone'), 5), { stopAtFailure: true })
    expect(replies.map(reply => reply.kind)).toEqual(['done', 'exec', 'not-run'])
    const recovery = replies[1]?.recovery ?? []
    expect(recovery.map(reply => reply.kind)).toEqual(['exec', 'done', 'exec', 'errno', 'read'])
    expect(textOf(execOf(recovery[2]).stdout)).toBe('payload')
    expect(textOf(readOf(recovery[4]).content)).toBe('old again')
  })

  test('whose requests do what was asked undoes nothing', async () => {
    const replies = await host().send(steps(path('kept'), 0), { stopAtFailure: true })
    expect(replies.map(reply => reply.recovery)).toEqual([undefined, undefined, undefined])
    expect(textOf(execOf(replies[2]).stdout)).toBe('next')
  })

  test('that does not stop undoes nothing', async () => {
    const replies = await host().send(steps(path('left'), 5))
    expect(replies.map(reply => reply.recovery)).toEqual([undefined, undefined, undefined])
    expect(textOf(execOf(replies[2]).stdout)).toBe('next')
  })

  test('undoes a read that failed', async () => {
    const file = path('made-for-read')
    const make: Request = { kind: 'write', path: file, content: bytesOf('made') }
    const batch: Request[] = [{ kind: 'read', path: file, onFailure: [make] }, sh('exit 0')]
    const replies = await host().send(batch, { stopAtFailure: true })
    expect(replies).toEqual([{ ...errno('ENOENT'), recovery: [{ kind: 'done' }] }, notRun])
  })
}

function describeWaiting({ host, path }: Contract): void {
  test('waits until a program exits 0, and answers its last run', async () => {
    const file = path('tries')
    const script = `printf x >>'${file}'; read -r tries <'${file}'; printf %s "$tries"; [ "$tries" = xxx ]`
    const reply = await ask(host(), { kind: 'wait', exec: sh(script), limitMs: 20_000, intervalMs: 10 })
    expect(reply).toMatchObject({ exitCode: 0, isTimedOut: false })
    expect(textOf(execOf(reply).stdout)).toBe('xxx')
  })

  test('waits no longer than its limit', async () => {
    const reply = await ask(host(), {
      kind: 'wait',
      exec: sh('echo no; exit 4'),
      limitMs: 300,
      intervalMs: 50,
    })
    expect(reply).toMatchObject({ exitCode: 4, isTimedOut: true })
    expect(textOf(execOf(reply).stdout)).toBe('no\n')
  })
}

function describeLocks({ host, path, needing }: Contract): void {
  test('holds its lock only while it runs', async () => {
    const lock = path('lock')
    for (let time = 0; time < 3; time++)
      expect(await ask(host(), sh('exit 0'), { lock })).toMatchObject({ exitCode: 0 })
  })

  test('whose lock cannot be opened runs nothing and says why', async () => {
    const mark = path('not-made')
    const make: Request = { kind: 'write', path: mark, content: bytesOf('') }
    const replies = await host().send([make, make], { lock: path('no-such-directory/lock') })
    expect(replies).toEqual([errno('ENOENT'), errno('ENOENT')])
    expect(await ask(host(), { kind: 'read', path: mark })).toEqual(errno('ENOENT'))
  })

  test('does not pass its lock on to a process that it leaves behind', async () => {
    const lock = path('passed')
    const left = execOf(await ask(host(), sh('sleep 60 >/dev/null 2>&1 & echo $!'), { lock }))
    expect(await ask(host(), sh('exit 0'), { lock })).toMatchObject({ kind: 'exec', exitCode: 0 })
    await run(host(), 'sh', '-c', `kill ${textOf(left.stdout).trim()}`)
  })

  needing('two batches run at the same time', 'whose lock another holds runs nothing', async () => {
    const [lock, begun, go] = [path('held'), path('begun'), path('go')]
    const holding = host().send([sh(`: >'${begun}'; until [ -e '${go}' ]; do sleep 0.02; done`)], { lock })
    await ask(host(), { kind: 'wait', exec: sh(`[ -e '${begun}' ]`), limitMs: 20_000, intervalMs: 20 })
    const make: Request = { kind: 'write', path: path('while-locked'), content: bytesOf('') }
    const locked = { kind: 'not-run', reason: 'locked' }
    expect(await host().send([make, make], { lock })).toEqual([locked, locked])
    await host().send([{ kind: 'write', path: go, content: bytesOf('') }])
    expect(await holding).toMatchObject([{ exitCode: 0 }])
    expect(await host().send([make], { lock })).toEqual([{ kind: 'done' }])
  })

  needing('two batches run at the same time', 'does not wait for another', async () => {
    const file = path('met')
    const [first, second] = await Promise.all([
      ask(host(), { kind: 'wait', exec: sh(`[ -e '${file}' ]`), limitMs: 20_000, intervalMs: 20 }),
      ask(host(), { kind: 'write', path: file, content: bytesOf('') }),
    ])
    expect([first, second]).toMatchObject([{ exitCode: 0 }, { kind: 'done' }])
  })
}

function describeClosing({ host, path, needing }: Contract): void {
  test('that was given up before it began is not begun', async () => {
    const mark = path('given-up')
    const make: Request = { kind: 'write', path: mark, content: bytesOf('') }
    await expect(host().send([make], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'HostError',
      reason: 'closed',
    })
    expect(await ask(host(), { kind: 'read', path: mark })).toEqual(errno('ENOENT'))
  })

  needing('real time passes', 'that is given up tells what had arrived, and goes on', async () => {
    const [begun, ended] = [path('given-up-begun'), path('given-up-ended')]
    const giveUp = new AbortController()
    const slow = sh(`: >'${begun}'; until [ -e '${ended}' ]; do sleep 0.02; done; echo >'${ended}-too'`)
    const sent = host().send([{ kind: 'list', path: '/proc/sys' }, slow], { signal: giveUp.signal })
    const lost = expect(sent).rejects.toMatchObject({ reason: 'closed', replies: [{ kind: 'list' }] })
    await ask(host(), { kind: 'wait', exec: sh(`[ -e '${begun}' ]`), limitMs: 20_000, intervalMs: 20 })
    giveUp.abort()
    await lost
    const isOver: Request = {
      kind: 'wait',
      exec: sh(`[ -e '${ended}-too' ]`),
      limitMs: 20_000,
      intervalMs: 20,
    }
    const replies = await host().send([{ kind: 'write', path: ended, content: bytesOf('') }, isOver])
    expect(replies[1]).toMatchObject({ exitCode: 0 })
  })
}
