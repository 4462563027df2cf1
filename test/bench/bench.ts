/**
 * What Seatrial costs: `npm run bench`, and `npm run bench -- --json FILE` for the figures as data.
 *
 * How to read it: each line has how often a thing was done, and of these times the median, the least and the most.
 * `fresh host` is a copy of a machine that has booted, one full apply and one verify on it, in this one thread; the first
 * ones, in which code is compiled and files are parsed, are left out and are what `first` shows. Round trips are
 * counted at the port. The last lines are the same work on a real container, by the engine and by the bare shell script
 * that an operator would type, each in a container of its own, in turns; they are left out, with the reason, where there
 * is no container engine.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { containerImage } from '../../containers/container-image.ts'
import { dockerEngine } from '../../containers/docker-engine.ts'
import { EnvironmentMissing } from '../../containers/environment-missing.ts'
import { readRelease } from '../../containers/release.ts'
import { startContainer } from '../../containers/start.ts'
import { Machine, SimHost } from '../../sim/door.ts'
import { DEFAULT_NODE_CONFIG } from '../../src/config/node-config.ts'
import { apply, plan, verify } from '../../src/engine/engine.ts'
import { describe } from '../../src/engine/failure.ts'
import type { Host } from '../../src/host/host.ts'
import { recordHost } from '../../src/host/recorder.ts'
import { encodeText } from '../../src/host/surrogate-escape.ts'
import { openHost, readImage } from '../../src/hosts.ts'

interface Figure {
  readonly name: string
  readonly unit: 'ms' | 'round trips'
  readonly n: number
  readonly median: number
  readonly min: number
  readonly max: number
}

const FRESH_HOSTS = 200
const WARM_UP = 20
const BOOTS = 20
const CONTAINERS = 5

function figure(name: string, unit: Figure['unit'], samples: readonly number[]): Figure {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (index: number): number => sorted[index] ?? Number.NaN
  const middle = (sorted.length - 1) / 2
  const median = (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2
  return { name, unit, n: sorted.length, median, min: at(0), max: at(sorted.length - 1) }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** How often each of `n` runs took. */
async function times(n: number, work: () => Promise<unknown>): Promise<number[]> {
  const samples: number[] = []
  for (let i = 0; i < n; i++) samples.push(await timed(work))
  return samples
}

/** Apply, and verify; a run that does not end well measures nothing. */
async function makeNode(host: Host): Promise<void> {
  const { failures } = await apply(host, DEFAULT_NODE_CONFIG)
  const { checks } = await verify(host, DEFAULT_NODE_CONFIG)
  const wrong = [
    ...failures.map(describe),
    ...checks.filter(check => check.verdict === 'fail').map(check => check.name),
  ]
  if (wrong.length > 0) throw new Error(`${host.name}: ${wrong.join('; ')}`)
}

async function simulated(): Promise<readonly Figure[]> {
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
  ]
}

/** Counted at the port of a host that is not a node yet. */
async function roundTrips(): Promise<readonly Figure[]> {
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

/** The steps of an apply as an operator would type them, checks left out. */
const BARE_SCRIPT = `set -e
printf 'net.bridge.bridge-nf-call-iptables  = 1\\nnet.bridge.bridge-nf-call-ip6tables = 1\\nnet.ipv4.ip_forward                 = 1\\n' > /etc/sysctl.d/k8s.conf
sysctl -p /etc/sysctl.d/k8s.conf
containerd config default > /etc/containerd/config.toml
sed -i 's/SystemdCgroup = false/SystemdCgroup = true/' /etc/containerd/config.toml
systemctl restart containerd
until [ "$(ctr plugins ls | awk '$2 == "cri" { print $NF }')" = ok ]; do sleep 0.2; done
`

async function bareScript(host: Host): Promise<void> {
  const [reply] = await host.send([{ kind: 'exec', argv: ['bash', '-s'], stdin: encodeText(BARE_SCRIPT) }])
  if (reply?.kind !== 'exec' || reply.exitCode !== 0) throw new Error(`${host.name}: the script failed`)
}

async function engineApply(host: Host): Promise<void> {
  const { failures } = await apply(host, DEFAULT_NODE_CONFIG)
  if (failures.length > 0) throw new Error(failures.map(describe).join('\n'))
}

async function inFreshContainer(work: (host: Host) => Promise<void>): Promise<number> {
  const container = await startContainer('debian-12')
  try {
    process.env.DOCKER_HOST = container.dockerHost
    const host = await openHost(container.name)
    const duration = await timed(() => work(host))
    await host.close()
    return duration
  } finally {
    await container.stop()
  }
}

/** Both orders, in turns: what the page cache and a busy machine do to one they do to the other. */
async function real(): Promise<readonly Figure[]> {
  const engine = await dockerEngine()
  try {
    await containerImage(readRelease('debian-12'), engine.dockerHost)
    const applied: number[] = []
    const scripted: number[] = []
    for (let i = 0; i < CONTAINERS; i++) {
      if (i % 2 === 0) applied.push(await inFreshContainer(engineApply))
      scripted.push(await inFreshContainer(bareScript))
      if (i % 2 === 1) applied.push(await inFreshContainer(engineApply))
    }
    return [figure('docker:ID apply', 'ms', applied), figure('docker:ID bare script', 'ms', scripted)]
  } finally {
    engine.stop()
  }
}

const line = (name: string, ...cells: readonly string[]): string =>
  `${name.padEnd(52)}${cells.map(cell => cell.padStart(10)).join('')}\n`

function print({ name, unit, n, median, min, max }: Figure): void {
  const digits = unit === 'ms' ? 2 : 0
  const cells = [median, min, max].map(value => value.toFixed(digits))
  process.stdout.write(line(name, String(n), ...cells).replace('\n', ` ${unit}\n`))
}

const { values } = parseArgs({ options: { json: { type: 'string' } } })
process.stdout.write(line('', 'n', 'median', 'min', 'max'))
const figures: Figure[] = []
const skipped: string[] = []
for (const part of [simulated, roundTrips, real]) {
  try {
    for (const measured of await part()) {
      figures.push(measured)
      print(measured)
    }
  } catch (error) {
    if (!(error instanceof EnvironmentMissing)) throw error
    skipped.push(`docker:ID: ${error.message}`)
    process.stdout.write(`docker:ID: not measured: ${error.message}\n`)
  }
}
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ node: process.version, figures, skipped }, null, 2)}\n`)
