import { existsSync } from 'node:fs'
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
  RELEASES,
  type Release,
  readAnswers,
  readConstructs,
  recordingUrl,
  SCRIPT_PATH,
  topics,
  withoutPids,
} from './shell-constructs.ts'

const bases = new Map<Release, Machine>()

beforeAll(async () => {
  for (const release of RELEASES) bases.set(release, bootWithoutInit(await readImage(`${release}-container`)))
})

async function answerOf(release: Release, { invocation, script }: Run): Promise<Answer> {
  const machine = bases.get(release)?.fork()
  if (machine === undefined) throw new Error(`${release} did not boot`)
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

interface Run {
  readonly title: string
  readonly script: string
  readonly invocation: string
}

const recorded = RELEASES.flatMap(release =>
  topics()
    .filter(topic => existsSync(recordingUrl(topic, release)))
    .map(topic => ({ release, topic })),
)

describe.each(recorded)('$release answers as recorded: $topic', ({ release, topic }) => {
  const answers = readAnswers(topic, release)
  const runs = readConstructs(topic).flatMap(({ title, script, invocations }) =>
    invocations.map(invocation => ({ title, script, invocation })),
  )
  it.each(runs)('$invocation: $title', async run => {
    expect(await answerOf(release, run)).toEqual(answers.get(answerKey(run.title, run.invocation)))
  })
})
