import { describe } from 'vitest'
import { releaseNames } from '../../containers/release.ts'
import { reboot, simulatedHost } from '../../src/test.ts'
import { tellNodeStory } from './node-story.ts'
import { openBefore, tellOnVm } from './node-story-vm.ts'

for (const name of releaseNames()) {
  describe(`the engine on sim:${name}`, () => {
    const host = openBefore(() => simulatedHost(name))
    tellNodeStory({ host, reboot: () => reboot(host()) })
  })
}

/** Those of the other releases take long: test/machines. */
await tellOnVm('debian-12')
