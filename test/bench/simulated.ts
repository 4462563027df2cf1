import { Machine, SimHost } from '../../sim/door.ts'
import { DEFAULT_NODE_CONFIG } from '../../src/config/node-config.ts'
import { apply, plan, verify } from '../../src/engine/engine.ts'
import { describe } from '../../src/engine/failure.ts'
import type { Image } from '../../src/format/image.ts'
import type { Host } from '../../src/host/host.ts'
import { recordHost } from '../../src/host/recorder.ts'
import { encodeText } from '../../src/host/surrogate-escape.ts'
import { openHost, readImage } from '../../src/hosts.ts'
import { type Figure, figure, timed, times } from './figure.ts'

const FRESH_HOSTS = 200
const WARM_UP = 20
const BOOTS = 20
const FORKS = 1000

/** A simulated host in this one thread: its boot, and a copy of a booted one made a node and verified. */
export async function simulated(): Promise<readonly Figure[]> {
  const image = await readImage('debian-12')
  const first = await timed(() => Machine.boot(image))
  const boots = await times(BOOTS, () => Machine.boot(image))
  const booted = await Machine.boot(image)
  const freshHost = (): Promise<void> => makeNode(new SimHost('sim:debian-12', booted.fork()))
  const warmUp = await times(WARM_UP, freshHost)
  return [
    figure('sim:debian-12 boot, first', 'ms', [first]),
    figure('sim:debian-12 boot', 'ms', boots),
    figure('sim:debian-12 fresh host: fork, apply, verify, first', 'ms', warmUp.slice(0, 1)),
    figure('sim:debian-12 fresh host: fork, apply, verify', 'ms', await times(FRESH_HOSTS, freshHost)),
    await forkOf(image, 300),
    await forkOf(image, 30_000),
  ]
}

/** A fork of a node that has so many files more than its image. */
async function forkOf(image: Image, files: number): Promise<Figure> {
  const machine = await Machine.boot(image)
  await makeNode(new SimHost('sim:debian-12', machine))
  const { fs, rootCaller } = machine
  fs.mkdir(rootCaller, '/srv/many', 0o755)
  for (let at = 0; at < files; at++) {
    const file = fs.open(rootCaller, `/srv/many/${at}`, { write: true, create: true }, 0o644)
    file.hold()
    file.write(encodeText(`${at}\n`))
    file.release()
  }
  const forks = (): void => {
    for (let at = 0; at < FORKS; at++) machine.fork()
  }
  forks()
  const thousands = await times(BOOTS, async () => forks())
  const samples = thousands.map(elapsedMs => (elapsedMs * 1000) / FORKS)
  return figure(`sim:debian-12 fork of a node with ${files} files more`, 'µs', samples)
}

/** Apply, and verify; a run that does not end well measures nothing. */
export async function makeNode(host: Host): Promise<void> {
  const { failures } = await apply(host, DEFAULT_NODE_CONFIG)
  if (failures.length > 0) throw new Error(`${host.name}: ${failures.map(describe).join('; ')}`)
  await assertNode(host)
}

/** Throws unless the engine's own verify passes, the named checks left out. */
export async function assertNode(host: Host, leftOut: readonly string[] = []): Promise<void> {
  const { checks, failures } = await verify(host, DEFAULT_NODE_CONFIG)
  const failed = checks
    .filter(check => check.verdict === 'fail' && !leftOut.includes(check.name))
    .map(check => check.name)
  const wrong = [...failures.map(describe), ...failed]
  if (wrong.length > 0) throw new Error(`${host.name}: ${wrong.join('; ')}`)
}

/** Counted at the port of a host that is not a node yet: the same for every kind of host. */
export async function roundTrips(): Promise<readonly Figure[]> {
  let trips = 0
  const host = recordHost(await openHost('sim:debian-12'), () => {
    trips++
  })
  const counted = async (name: string, work: () => Promise<unknown>): Promise<Figure> => {
    trips = 0
    await work()
    return figure(name, 'round trips', [trips])
  }
  return [
    await counted('plan', () => plan(host, DEFAULT_NODE_CONFIG)),
    await counted('apply', () => apply(host, DEFAULT_NODE_CONFIG)),
    await counted('apply that changes nothing', () => apply(host, DEFAULT_NODE_CONFIG)),
    await counted('verify', () => verify(host, DEFAULT_NODE_CONFIG)),
  ]
}
