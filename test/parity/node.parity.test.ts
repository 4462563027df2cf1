import { afterAll, beforeAll, describe } from 'vitest'
import { criVersionOf } from '../../containers/cri.ts'
import { releaseNames } from '../../containers/release.ts'
import type { Host } from '../../src/host/host.ts'
import { openHost } from '../../src/hosts.ts'
import { reboot, simulatedHost } from '../../src/test.ts'
import { describeVm } from '../real.ts'
import { tellNodeStory } from './node-story.ts'

/** Releases that are simulated as machines with their own kernels. */
const SIMULATED = ['debian-12'] as const

for (const name of SIMULATED) {
  describe(`the engine on sim:${name}`, () => {
    const host = openBefore(() => simulatedHost(name))
    tellNodeStory({ host, reboot: () => reboot(host()) })
  })
}

for (const name of releaseNames()) {
  await describeVm(name, `the engine on a virtual machine with ${name}`, vm => {
    const host = openBefore(() => openHost(vm().name))
    tellNodeStory({ host, reboot: () => vm().reboot(), cri: criVersionOf(name) })
  })
}

/** A host that is open while the tests of its suite run. */
function openBefore<H extends Host>(open: () => Promise<H>): () => H {
  let host: H | undefined
  beforeAll(async () => {
    host = await open()
  })
  afterAll(() => host?.close())
  return () => {
    if (host === undefined) throw new Error('the host is open only while the tests of its suite run')
    return host
  }
}
