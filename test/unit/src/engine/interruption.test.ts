import { beforeAll, describe, expect, it } from 'vitest'
import type { Machine } from '../../../../sim/machine.ts'
import { SimHost } from '../../../../sim/sim-host.ts'
import { DEFAULT_NODE_CONFIG } from '../../../../src/config/node-config.ts'
import { apply } from '../../../../src/engine/engine.ts'
import type { Facts } from '../../../../src/engine/facts/index.ts'
import { gather } from '../../../../src/engine/gather.ts'
import { type Host, HostError } from '../../../../src/host/host.ts'
import { boot } from '../../../simulated.ts'

/** The same host, whose link breaks after the first `count` requests of the batch that changes it. */
const cutOffAfter = (count: number, host: Host): Host => ({
  name: host.name,
  close: () => host.close(),
  async send(batch, options = {}) {
    if (options.stopAtFailure !== true) return host.send(batch, options)
    const replies = await host.send(batch.slice(0, count), options)
    throw new HostError('closed', 'the link is gone', { replies })
  },
})

/** How many requests an apply of this host has in its batch. */
async function batchSize(host: Host): Promise<number> {
  let size = 0
  const counting: Host = {
    name: host.name,
    close: () => host.close(),
    send(batch, options = {}) {
      if (options.stopAtFailure === true) size = batch.length
      return host.send(batch, options)
    },
  }
  await apply(counting, DEFAULT_NODE_CONFIG)
  return size
}

/** What must be the same whichever way it came about: PIDs and times are not. */
function settled({
  kernelModules,
  modulesLoad,
  sysctl,
  sysctlFiles,
  containerd,
  containerdDaemon,
  units,
}: Facts) {
  const text = (file: { readonly isThere: boolean; readonly text?: string }) => file.text
  return {
    kernelModules,
    modulesLoad: text(modulesLoad.ours),
    sysctl,
    sysctlFile: text(sysctlFiles.ours),
    config: text(containerd.config),
    siblings: containerd.siblings,
    dump: containerd.dump?.stdout,
    containerdDaemon,
    state: units.containerd?.activeState,
    unitFileState: units.containerd?.unitFileState,
  }
}

describe.each(['debian-12', 'debian-12-container'])('an apply on sim:%s that is cut off', name => {
  let fresh: Machine
  let size = 0
  let wanted: unknown

  beforeAll(async () => {
    fresh = await boot(name)
    const host = new SimHost(`sim:${name}`, fresh.fork())
    size = await batchSize(host)
    wanted = settled(await gather(host, DEFAULT_NODE_CONFIG))
  })

  it('after any of its requests is finished by the next one, which leaves nothing to do', async () => {
    expect(size).toBeGreaterThan(5)
    for (let count = 0; count <= size; count++) {
      const host = new SimHost(`sim:${name}`, fresh.fork())
      const cut = await apply(cutOffAfter(count, host), DEFAULT_NODE_CONFIG)
      expect(cut.failures.map(failure => failure.reason)).toEqual(['host-unreachable'])
      const finished = await apply(host, DEFAULT_NODE_CONFIG)
      expect(finished.failures, `after ${count} requests`).toEqual([])
      expect(finished.checks.filter(check => check.verdict === 'fail')).toEqual([])
      const facts = await gather(host, DEFAULT_NODE_CONFIG)
      expect(settled(facts)).toEqual(wanted)
      const again = await apply(host, DEFAULT_NODE_CONFIG)
      expect(again.hasChanged).toBe(false)
      const after = await gather(host, DEFAULT_NODE_CONFIG)
      expect(after.units.containerd?.mainPid).toBe(facts.units.containerd?.mainPid)
    }
  })
})
