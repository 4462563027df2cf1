import { existsSync, readdirSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Machine } from '../../sim/machine.ts'
import { boot } from '../simulated.ts'
import {
  type Environment,
  type FamilyRecording,
  families,
  formatAnswer,
  type PartAnswer,
  readFamily,
  readRecording,
  scriptsOf,
} from './scripts.ts'
import { divergenceOf, strayDivergences } from './scripts-divergences.ts'
import { imageNameOf, simulatedAnswers } from './scripts-simulated.ts'

const RECORDED = new URL('recorded/scripts/', import.meta.url)

/** Environments that were recorded: each a folder. */
const environments: readonly Environment[] = existsSync(RECORDED)
  ? readdirSync(RECORDED)
      .filter((name): name is Environment => /^(container|vm)-debian-\d+$/.test(name))
      .sort()
  : []

const asText = (answers: readonly PartAnswer[]): string => answers.map(formatAnswer).join('')

it('every divergence is that of a script that there is, and no two scripts have one title', () => {
  const titles = families().flatMap(family => readFamily(family).map(({ title }) => title))
  expect(strayDivergences(new Set(titles))).toEqual([])
  expect(titles).toHaveLength(new Set(titles).size)
})

for (const environment of environments) {
  describe(`scripts say on ${environment} what they say on the simulated host`, () => {
    let base: Machine

    beforeAll(async () => {
      base = await boot(imageNameOf(environment))
    })

    for (const family of families()) {
      const recording = readRecording(family, environment)
      if (recording !== undefined) replay(family, environment, { recording, machine: () => base.fork() })
    }
  })
}

interface Replay {
  readonly recording: FamilyRecording
  readonly machine: () => Machine
}

function replay(family: string, environment: Environment, { recording, machine }: Replay): void {
  const scripts = scriptsOf(family, environment)
  const missing = scripts.filter(({ title }) => !recording.scripts.has(title))
  it(`${family}: the recording is of the scripts as they are`, () => {
    const digests = [...recording.scripts].map(([title, { digest }]) => `${digest} ${title}`)
    const wanted = scripts.filter(script => !missing.includes(script))
    expect(digests, 'run npm run record:scripts').toEqual(
      wanted.map(({ title, digest }) => `${digest} ${title}`),
    )
  })
  for (const { title } of missing) it.skip(`${family}: ${title} (not recorded here yet)`, () => undefined)
  const recorded = scripts.filter(script => !missing.includes(script))
  it.each(recorded.map(script => [script.title, script] as const))(`${family}: %s`, async (title, script) => {
    const expected = asText(recording.scripts.get(title)?.answers ?? [])
    const simulated = asText(await simulatedAnswers(machine(), script))
    if (divergenceOf(environment, title) === undefined) expect(simulated).toBe(expected)
    else expect(simulated, 'a divergence that agrees by now: take its row away').not.toBe(expected)
  })
}
