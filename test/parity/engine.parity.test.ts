import { describe, expect, it } from 'vitest'
import { releaseNames } from '../../containers/release.ts'
import type { StartedContainer } from '../../containers/start.ts'
import type { Host } from '../../src/host/host.ts'
import { openHost } from '../../src/hosts.ts'
import { describeContainer } from '../real.ts'
import { STARTING_STATES, tellEngineStory } from './engine-story.ts'
import type { HostState } from './oracle.ts'

const simulated = new Map<string, HostState>()

for (const name of releaseNames()) {
  describe(`the engine on sim:${name}-container`, () => {
    for (const state of STARTING_STATES) {
      tellEngineStory(
        state,
        () => openHost(`sim:${name}-container`),
        observed => simulated.set(`${name} ${state.name}`, observed),
      )
    }
  })
}

for (const name of releaseNames()) {
  for (const state of STARTING_STATES) {
    await describeContainer(name, `the engine on a container of ${name} with ${state.name}`, container => {
      let real: HostState | undefined
      tellEngineStory(
        state,
        () => open(container()),
        observed => {
          real = observed
        },
      )

      it(`${state.name}: the simulated container ends in the state of the real one`, () => {
        expect(real).toBeDefined()
        expect(simulated.get(`${name} ${state.name}`)).toEqual(real)
      })
    })
  }
}

function open(container: StartedContainer): Promise<Host> {
  process.env.DOCKER_HOST = container.dockerHost
  return openHost(container.name)
}
