import { describe, expect, it } from 'vitest'
import type { Host } from '../../src/host/host.ts'
import { openHost } from '../../src/hosts.ts'
import { describeContainer } from '../real.ts'
import { STARTING_STATES, tellEngineStory } from './engine-story.ts'
import type { HostState } from './oracle.ts'

const simulated = new Map<string, HostState>()

describe('the engine on sim:debian-12-container', () => {
  for (const state of STARTING_STATES) {
    tellEngineStory(
      state,
      () => openHost('sim:debian-12-container'),
      observed => simulated.set(state.name, observed),
    )
  }
})

for (const state of STARTING_STATES) {
  await describeContainer('debian-12', `the engine on a container with ${state.name}`, container => {
    let real: HostState | undefined
    tellEngineStory(
      state,
      (): Promise<Host> => {
        process.env.DOCKER_HOST = container().dockerHost
        return openHost(container().name)
      },
      observed => {
        real = observed
      },
    )

    it(`${state.name}: the simulated container ends in the state of the real one`, () => {
      expect(real).toBeDefined()
      expect(simulated.get(state.name)).toEqual(real)
    })
  })
}
