import { beforeAll, describe, expect, it } from 'vitest'
import type { Machine } from '../../sim/machine.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { boot, put, run } from '../simulated.ts'
import {
  argvOf,
  type FileChanges,
  normalized,
  pauseOf,
  readRecording,
  type SystemdAnswer,
  type SystemdCase,
  systemdCases,
} from './systemd-cases.ts'
import { divergencesOf } from './systemd-divergences.ts'

/** Environments that were recorded, and the image that pretends to be each. */
const ENVIRONMENTS = [
  { environment: 'container-debian-11', image: 'debian-11-container' },
  { environment: 'container-debian-12', image: 'debian-12-container' },
  { environment: 'container-debian-13', image: 'debian-13-container' },
  { environment: 'container-debian-14', image: 'debian-14-container' },
  { environment: 'vm-debian-12', image: 'debian-12' },
]

function change(machine: Machine, { write = {}, link = {}, remove }: FileChanges): void {
  for (const [path, content] of Object.entries(write)) put(machine, path, content)
  for (const [path, target] of Object.entries(link)) {
    put(machine, path, '')
    machine.fs.unlink(machine.rootCaller, path)
    machine.fs.symlink(machine.rootCaller, target, path)
  }
  if (remove !== undefined) machine.fs.unlink(machine.rootCaller, remove)
}

/** What is not simulated is no answer: it agrees with nothing that was recorded. */
async function answer(machine: Machine, step: string): Promise<SystemdAnswer> {
  try {
    const { exitCode, stdout, stderr } = await run(machine, argvOf(step))
    return { step, exitCode, stdout: normalized(stdout, step), stderr: normalized(stderr, step) }
  } catch (error) {
    if (!(error instanceof Unsimulated)) throw error
    return { step, exitCode: 70, stdout: '', stderr: error.message }
  }
}

async function answersOf(
  machine: Machine,
  { steps, ...files }: SystemdCase,
): Promise<readonly SystemdAnswer[]> {
  change(machine, files)
  const answers: SystemdAnswer[] = []
  for (const step of steps) {
    if (typeof step !== 'string') {
      change(machine, step)
      continue
    }
    const pause = pauseOf(step)
    if (pause === undefined) answers.push(await answer(machine, step))
    else await machine.sleep(pause * 1e9)
  }
  return answers
}

for (const { environment, image } of ENVIRONMENTS) {
  describe(`systemd of ${environment} answers as recorded`, () => {
    const recorded = new Map(readRecording(environment).cases.map(one => [one.case, one.answers]))
    let base: Machine

    beforeAll(async () => {
      base = await boot(image)
    })

    it.each(systemdCases(environment).map(one => [one.case, one] as const))('%s', async (title, one) => {
      const expected = recorded.get(title) ?? []
      const actual = await answersOf(base.fork(), one)
      const rows = divergencesOf(environment, title)
      const isKnown = (_: unknown, index: number): boolean => rows.some(row => row.steps.includes(index + 1))
      const others = (answers: readonly SystemdAnswer[]): readonly SystemdAnswer[] =>
        answers.filter((each, index) => !isKnown(each, index))
      expect(others(actual)).toEqual(others(expected))
      const known = rows.flatMap(({ steps }) => steps)
      const expired = known.filter(step => sameText(actual[step - 1], expected[step - 1]))
      expect(expired, 'divergences that agree by now: take their rows away').toEqual([])
    })
  })
}

const sameText = (a: SystemdAnswer | undefined, b: SystemdAnswer | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b)
