/** One thread's share of the fleet: as many hosts as `workerData` says. */
import { workerData } from 'node:worker_threads'
import { SimHost } from '../../sim/door.ts'
import { DEFAULT_NODE_CONFIG } from '../../src/config/node-config.ts'
import { plan } from '../../src/engine/engine.ts'
import { boot } from '../../src/hosts.ts'
import { makeNode } from './simulated.ts'

const booted = await boot('debian-12')
for (let at = 0; at < workerData; at++) {
  const host = new SimHost(`sim:debian-12#${at}`, booted.fork())
  await plan(host, DEFAULT_NODE_CONFIG)
  await makeNode(host)
}
