import { beforeAll, describe } from 'vitest'
import { reboot, simulatedHost } from '../../src/test.ts'
import { tellNodeStory } from './node-story.ts'
describe('sim', () => {
  let host: Awaited<ReturnType<typeof simulatedHost>>
  beforeAll(async () => { host = await simulatedHost('debian-12') })
  tellNodeStory({ host: () => host, reboot: () => reboot(host) })
})
