import { expect, test } from 'vitest'
import { isInstalled, mustRun, run } from '../../../containers/command.ts'

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
