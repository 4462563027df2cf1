import { describe } from 'vitest'
import { reboot, simulatedHost } from '../../src/test.ts'
import { tellNodeStory } from './node-story.ts'
import { openBefore, tellOnVm } from './node-story-vm.ts'

/** Releases that are simulated as machines with their own kernels. */
const SIMULATED = ['debian-12'] as const

for (const name of SIMULATED) {
  describe(`the engine on sim:${name}`, () => {
    const host = openBefore(() => simulatedHost(name))
    tellNodeStory({ host, reboot: () => reboot(host()) })
  })
}

/** Those of the other releases take long: test/machines. */
await tellOnVm('debian-12')
