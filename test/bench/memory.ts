import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { SimHost } from '../../sim/door.ts'
import { boot } from '../../src/hosts.ts'
import { type Figure, figure } from './figure.ts'
import { makeNode } from './simulated.ts'

const LIVE_FORKS = 100_000

/** What a hundred thousand forks of a provisioned machine take while all of them live and none was asked anything. */
export async function memoryOfForks(): Promise<readonly Figure[]> {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const machine = await boot('debian-12')
  await makeNode(new SimHost('sim:debian-12', machine))
  collect()
  const before = process.memoryUsage().heapUsed
  const forks = Array.from({ length: LIVE_FORKS }, () => machine.fork())
  collect()
  const { heapUsed, rss } = process.memoryUsage()
  if (forks.length !== LIVE_FORKS) throw new Error('a fork is missing')
  return [
    figure('sim:debian-12 memory of an untouched fork', 'KB', [(heapUsed - before) / LIVE_FORKS / 1000]),
    figure('sim:debian-12 whole process with 100,000 live forks', 'MB', [rss / 1e6]),
  ]
}
