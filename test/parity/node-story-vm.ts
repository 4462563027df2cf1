import { afterAll, beforeAll } from 'vitest'
import { criVersionOf } from '../../containers/cri.ts'
import type { Host } from '../../src/host/host.ts'
import { openHost } from '../../src/hosts.ts'
import { describeVm } from '../real.ts'
import { tellNodeStory } from './node-story.ts'

/** The whole story of a node on a release's virtual machine, with real reboots and real pod sandboxes. */
export function tellOnVm(name: string): Promise<void> {
  return describeVm(name, `the engine on a virtual machine with ${name}`, vm => {
    const host = openBefore(() => openHost(vm().name))
    tellNodeStory({ host, reboot: () => vm().reboot(), cri: criVersionOf(name) })
  })
}

/** A host that is open while the tests of its suite run. */
export function openBefore<H extends Host>(open: () => Promise<H>): () => H {
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
