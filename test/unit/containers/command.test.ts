import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isRunning } from '../../../containers/cache.ts'
import { isInstalled, mustRun, run, watchCommands } from '../../../containers/command.ts'

test('a program’s exit status is a value, its streams are bytes, and it reads what it is given', async () => {
  const { exitCode, stdout, stderr } = await run(['sh', '-c', 'cat; echo no >&2; exit 3'], {
    stdin: Buffer.from([0xff]),
  })
  expect([exitCode, [...stdout], stderr.toString()]).toEqual([3, [0xff], 'no\n'])
})

test('a program that must succeed and does not is an error with its words', async () => {
  await expect(mustRun(['sh', '-c', 'echo why >&2; exit 4'])).rejects.toThrow(/exited 4:\nwhy/)
})

test('a program that is not there rejects, and is not installed', async () => {
  await expect(run(['no-such-program'])).rejects.toThrow('ENOENT')
  expect([await isInstalled('no-such-program'), await isInstalled('sh')]).toEqual([false, true])
})

test('a program that reads nothing of its input is no error', async () => {
  const { exitCode } = await run(['true'], { stdin: Buffer.alloc(1 << 20) })
  expect(exitCode).toBe(0)
})

test('an interrupted piece of work ends the program that runs, and starts no other that must succeed', async () => {
  const interruption = new AbortController()
  const started: string[] = []
  const watch = {
    signal: interruption.signal,
    starting: (argv: readonly string[]) => {
      started.push(argv.join(' '))
      if (argv[0] === 'tail') setImmediate(() => interruption.abort())
    },
  }
  const [killed, refused, cleaning] = await watchCommands(watch, async () => [
    await run(['tail', '-f', '/dev/null']).then(({ exitCode }) => exitCode),
    await mustRun(['true']).catch(String),
    await run(['true']).then(({ exitCode }) => exitCode),
  ])
  expect([killed, cleaning]).toEqual([-1, 0])
  expect(refused).toContain('interrupted')
  expect(started).toEqual(['tail -f /dev/null', 'true'])
})

test('the children of an interrupted program end too, though it only waits for them', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'seatrial-test-'))
  const interruption = new AbortController()
  const fifo = join(directory, 'ready')
  await mustRun(['mkfifo', fifo])
  void readFile(fifo).then(() => interruption.abort())
  try {
    // The child itself says that it is there: until it has its own program, it has the trap of its parent.
    const child = `sh -c 'echo $$; echo >"$1"; exec tail -f /dev/null' sh "$1"`
    const waiting = `trap : TERM; ${child} & wait; wait`
    const { stdout } = await watchCommands({ signal: interruption.signal, starting: () => undefined }, () =>
      run(['sh', '-c', waiting, 'sh', fifo]),
    )
    expect(isRunning(Number(stdout.toString()))).toBe(false)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
