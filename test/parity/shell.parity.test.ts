import { beforeAll, describe, expect, it } from 'vitest'
import type { Machine } from '../../sim/machine.ts'
import { decodeText, encodeText } from '../../src/host/surrogate-escape.ts'
import { readImage } from '../../src/hosts.ts'
import { bootWithoutInit } from './containerd-machine.ts'
import {
  type Answer,
  answerKey,
  CWD,
  ENV,
  invoke,
  readAnswers,
  readConstructs,
  SCRIPT_PATH,
  topics,
  withoutPids,
} from './shell-constructs.ts'

let base: Machine

beforeAll(async () => {
  base = bootWithoutInit(await readImage('debian-12-container'))
})

async function answerOf(invocation: string, script: string): Promise<Answer> {
  const machine = base.fork()
  const { argv, stdin } = invoke(invocation, script)
  const [name = '', ...args] = argv
  const file = machine.fs.open(machine.rootCaller, SCRIPT_PATH, { write: true, create: true }, 0o644)
  file.hold()
  file.write(encodeText(script))
  file.release()
  const result = await machine.run([name, ...args], {
    stdin: encodeText(stdin),
    env: ENV,
    cwd: CWD,
    timeoutMs: 120_000,
  })
  return {
    invocation,
    stdout: withoutPids(decodeText(result.stdout)),
    stderr: withoutPids(decodeText(result.stderr)),
    exitCode: result.exitCode,
  }
}

describe.each(topics())('the shells answer as recorded: %s', topic => {
  const answers = readAnswers(topic)
  const runs = readConstructs(topic).flatMap(({ title, script, invocations }) =>
    invocations.map(invocation => ({ title, script, invocation })),
  )
  it.each(runs)('$invocation: $title', async ({ title, script, invocation }) => {
    expect(await answerOf(invocation, script)).toEqual(answers.get(answerKey(title, invocation)))
  })
})
