import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Exec } from '../../src/host/host.ts'
import { concatBytes, encodeText } from '../../src/host/surrogate-escape.ts'
import { content, draws, word } from './drawn.ts'
import type { Contract } from './host.ts'
import { ask, bytesOf, errno, execOf, expectBytes, run, textOf } from './replies.ts'

const exec = (argv: Exec['argv'], more: Omit<Partial<Exec>, 'kind' | 'argv'> = {}): Exec => ({
  kind: 'exec',
  argv,
  ...more,
})

const sh = (script: string, more: Omit<Partial<Exec>, 'kind' | 'argv'> = {}): Exec =>
  exec(['sh', '-c', script], more)

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, at) => at)

/** Running programs. */
export function describeExec(contract: Contract): void {
  describe('a program', () => {
    describeEnds(contract)
    describeStreams(contract)
    describeSurroundings(contract)
    describeTimeLimits(contract)
  })
}

function describeEnds({ host, path }: Contract): void {
  test.each([0, 1, 2, 77, 124, 125, 137, 255])('exits with %i', async status => {
    expect(await ask(host(), sh(`exit ${status}`))).toMatchObject({ exitCode: status, isTimedOut: false })
  })

  test.each([
    ['INT', 130],
    ['QUIT', 131],
    ['KILL', 137],
    ['PIPE', 141],
    ['TERM', 143],
  ])('that SIG%s ended has 128 and its number for exit code', async (signal, exitCode) => {
    expect(await ask(host(), sh(`kill -${signal} $$; exit 0`))).toMatchObject({ exitCode, isTimedOut: false })
  })

  test('that is not on PATH is 127', async () => {
    const replies = await host().send([exec(['no-such-program']), exec(['/no/such/program']), exec([''])])
    expect(replies.map(reply => execOf(reply).exitCode)).toEqual([127, 127, 127])
  })

  test('that is there but cannot be executed is 126', async () => {
    const plain = path('plain-file')
    const replies = await host().send([
      { kind: 'write', path: plain, content: bytesOf('#!/bin/sh\nexit 0\n') },
      exec([plain]),
      exec(['/']),
      { kind: 'write', path: plain, content: bytesOf('#!/bin/sh\nexit 7\n'), mode: 0o755 },
      exec([plain]),
    ])
    expect([replies[1], replies[2], replies[4]].map(reply => execOf(reply).exitCode)).toEqual([126, 126, 7])
  })
}

function describeStreams({ host, needing }: Contract): void {
  test('has its arguments as they were given, any byte but NUL, the empty one too', async () => {
    const words = draws(fc.array(word, { maxLength: 6 }), 300)
    const replies = await host().send(words.map(args => exec(['printf', '%s\\0', 'first', ...args])))
    const separator = Uint8Array.of(0)
    words.forEach((args, at) => {
      const expected = ['first', ...args].flatMap(arg => [encodeText(arg), separator])
      expectBytes(execOf(replies[at]).stdout, concatBytes(expected))
    })
  })

  needing(
    'arguments have a limit',
    'takes arguments up to the limit of the kernel, and past it is 126',
    async () => {
      const [longest, many, tooLong] = await host().send([
        exec(['printf', '%s', 'x'.repeat(131_071)]),
        exec(['printf', '%s', ...Array.from({ length: 10_000 }, () => 'y'.repeat(90))]),
        exec(['printf', '%s', 'x'.repeat(131_072)]),
      ])
      expect(execOf(longest).stdout.length).toBe(131_071)
      expect(execOf(many).stdout.length).toBe(900_000)
      expect(execOf(tooLong).exitCode).toBe(126)
    },
  )

  test('reads its standard input and writes two streams, whatever the bytes', async () => {
    const inputs = [EVERY_BYTE, ...draws(content, 100)]
    const replies = await host().send(inputs.map(stdin => sh('cat; printf "err\\0" >&2', { stdin })))
    inputs.forEach((stdin, at) => {
      expectBytes(execOf(replies[at]).stdout, stdin)
      expectBytes(execOf(replies[at]).stderr, bytesOf('err\0'))
    })
  })

  test('finds an empty standard input where none was given', async () => {
    expectBytes(execOf(await ask(host(), exec(['cat']))).stdout, bytesOf(''))
  })

  test('need not read its standard input', async () => {
    const stdin = new Uint8Array(300_000).fill(10)
    const [unread, next] = await host().send([
      exec(['true'], { stdin }),
      exec(['cat'], { stdin: bytesOf('next') }),
    ])
    expect(execOf(unread).exitCode).toBe(0)
    expectBytes(execOf(next).stdout, bytesOf('next'))
  })

  test('takes 8 MiB and gives them back', async () => {
    const stdin = Uint8Array.from({ length: 8 << 20 }, (_, at) => (at * 2_654_435_761) >>> 24)
    expectBytes(execOf(await ask(host(), exec(['cat'], { stdin }))).stdout, stdin)
  })
}

function describeSurroundings({ host, path }: Contract): void {
  test('runs in / where nothing else was asked', async () => {
    expect(await run(host(), 'pwd')).toBe('/\n')
  })

  test('runs in the directory that was asked for, and only this one does', async () => {
    await run(host(), 'mkdir', path('a directory'))
    const [there, next] = await host().send([exec(['pwd'], { cwd: path('a directory') }), exec(['pwd'])])
    expect(textOf(execOf(there).stdout)).toBe(`${path('a directory')}\n`)
    expect(textOf(execOf(next).stdout)).toBe('/\n')
  })

  test('is not run where its directory cannot be entered', async () => {
    const file = path('not-a-directory')
    const replies = await host().send([
      { kind: 'write', path: file, content: bytesOf('') },
      exec(['pwd'], { cwd: path('no-such-directory') }),
      exec(['pwd'], { cwd: file }),
    ])
    expect(replies.slice(1)).toEqual([errno('ENOENT'), errno('ENOTDIR')])
  })

  test('finds LC_ALL=C and the sbin directories on PATH', async () => {
    const script = 'printf %s "$LC_ALL"; case :$PATH: in *:/usr/sbin:*) printf " sbin" ;; esac'
    expect(textOf(execOf(await ask(host(), sh(script))).stdout)).toBe('C sbin')
  })

  test('has the variables that it was given, whatever their bytes, and the next one has not', async () => {
    const values = draws(word, 100)
    const show = sh('set -u; printf %s "$GIVEN"')
    const replies = await host().send([...values.map(GIVEN => ({ ...show, env: { GIVEN } })), show])
    values.forEach((value, at) => {
      expectBytes(execOf(replies[at]).stdout, encodeText(value))
    })
    expect(execOf(replies.at(-1)).exitCode).not.toBe(0)
  })

  test('may be given a PATH of its own, by which it is looked up', async () => {
    const directory = path('own-bin')
    await run(host(), 'mkdir', directory)
    const replies = await host().send([
      { kind: 'write', path: `${directory}/own`, content: bytesOf('#!/bin/sh\necho own\n'), mode: 0o755 },
      exec(['own'], { env: { PATH: directory } }),
      exec(['own']),
    ])
    expect(textOf(execOf(replies[1]).stdout)).toBe('own\n')
    expect(execOf(replies[2]).exitCode).toBe(127)
  })
}

function describeTimeLimits({ host, path, needing }: Contract): void {
  const isGone = (pid: string): Exec => sh(`! kill -0 ${pid} 2>/dev/null`)

  test('is ended at its time limit, and what it had written is there', async () => {
    const reply = execOf(await ask(host(), sh('echo begun; sleep 60', { timeoutMs: 300 })))
    expect(reply).toMatchObject({ exitCode: 143, isTimedOut: true })
    expect(textOf(reply.stdout)).toBe('begun\n')
  })

  test('that ends within its time limit is not ended by it', async () => {
    expect(await ask(host(), sh('sleep 0.1; exit 3', { timeoutMs: 30_000 }))).toMatchObject({
      exitCode: 3,
      isTimedOut: false,
    })
  })

  test('takes its whole process group along at the time limit', async () => {
    const reply = execOf(await ask(host(), sh('sleep 60 & echo $!; wait', { timeoutMs: 300 })))
    const pid = textOf(reply.stdout).trim()
    const gone = await ask(host(), { kind: 'wait', exec: isGone(pid), limitMs: 5000, intervalMs: 50 })
    expect(gone).toMatchObject({ exitCode: 0, isTimedOut: false })
  })

  needing(
    'real time passes',
    'that ignores SIGTERM is killed two seconds later, with its group',
    async () => {
      const script = "trap '' TERM; sh -c 'sleep 60; sleep 60' & echo $!; wait; sleep 60"
      const from = performance.now()
      const reply = execOf(await ask(host(), sh(script, { timeoutMs: 200 })))
      expect(reply).toMatchObject({ exitCode: 137, isTimedOut: true })
      expect(performance.now() - from).toBeGreaterThan(2100)
      const pid = textOf(reply.stdout).trim()
      const gone = await ask(host(), { kind: 'wait', exec: isGone(pid), limitMs: 5000, intervalMs: 50 })
      expect(gone).toMatchObject({ exitCode: 0, isTimedOut: false })
    },
  )

  needing('real time passes', 'that SIGTERM ended takes along who ignores it', async () => {
    const script = `sh -c "trap '' TERM; echo \\$\\$; sleep 60; sleep 60" & wait`
    const reply = execOf(await ask(host(), sh(script, { timeoutMs: 300 })))
    expect(reply).toMatchObject({ exitCode: 143, isTimedOut: true })
    const pid = textOf(reply.stdout).trim()
    const gone = await ask(host(), { kind: 'wait', exec: isGone(pid), limitMs: 5000, intervalMs: 50 })
    expect(gone).toMatchObject({ exitCode: 0, isTimedOut: false })
  })

  test('that leaves a process behind is not waited for, nor is the next one given its output', async () => {
    const [go, said] = [path('left-go'), path('left-said')]
    const until = (file: string): string => `until [ -e '${file}' ]; do sleep 0.02; done`
    const replies = await host().send([
      sh(`(${until(go)}; echo late; : >'${said}') & echo early`),
      sh(`: >'${go}'; ${until(said)}; echo mine`),
    ])
    expect(replies.map(reply => textOf(execOf(reply).stdout))).toEqual(['early\n', 'mine\n'])
  })
}
