import { run } from '../../containers/command.ts'
import { openHost } from '../../src/hosts.ts'
import { type Figure, figure, ratio, timed } from './figure.ts'
import { type Command, type Peer, SEATRIAL, type Way } from './peers.ts'
import { assertNode } from './simulated.ts'
import { startTarget, type Target } from './target.ts'

interface Samples {
  readonly first: number[]
  readonly second: number[]
}

/**
 * Whole processes, from start to exit. In each round every peer gets a fresh container for its first run and goes on in
 * it for its second, in an order that moves on by one, so that what a busy machine does to one it does to all. Outside the
 * clock the engine's verify has to pass on what each of them made.
 */
export async function realHosts(
  way: Way,
  peers: readonly Peer[],
  rounds: number,
): Promise<readonly Figure[]> {
  const samples = new Map(peers.map((peer): [Peer, Samples] => [peer, { first: [], second: [] }]))
  for (let round = 0; round < rounds; round++) {
    for (const at of peers.keys()) {
      const peer = peers[(at + round) % peers.length]
      const taken = peer && samples.get(peer)
      if (peer !== undefined && taken !== undefined) await onFreshTarget(peer, way, taken)
    }
  }
  return (['first', 'second'] as const).flatMap(which => figuresOf(`${way}:, ${which} run`, samples, which))
}

/**
 * Who restarts containerd in the second in which its configuration was written leaves that in doubt for whoever comes
 * later, systemd telling when a process started in whole seconds. Seatrial leaves a stamp for itself.
 */
const IN_DOUBT = 'containerd runs with the configuration on disk'

async function onFreshTarget(peer: Peer, way: Way, samples: Samples): Promise<void> {
  const target = await startTarget()
  try {
    await notANodeYet(target)
    const command = peer.command(target, way)
    samples.first.push(await timed(() => must(command)))
    samples.second.push(await timed(() => must(command)))
    process.env.DOCKER_HOST = target.dockerHost
    const host = await openHost(`docker:${target.id}`)
    await assertNode(host, peer === SEATRIAL ? [] : [IN_DOUBT])
    await host.close()
  } finally {
    await target.stop()
  }
}

/** The machine's own namespace may have handed down values that are right already. */
async function notANodeYet(target: Target): Promise<void> {
  const keys = ['ipv4.ip_forward', 'bridge.bridge-nf-call-iptables', 'bridge.bridge-nf-call-ip6tables']
  const docker = ['docker', '-H', target.dockerHost, 'exec', target.id] as const
  await must({ argv: [...docker, 'sysctl', '-qw', ...keys.map(key => `net.${key}=0`)] })
}

async function must({ argv, env = {}, stdin }: Command): Promise<void> {
  const { exitCode, stdout, stderr } = await run(argv, { env, ...(stdin === undefined ? {} : { stdin }) })
  if (exitCode !== 0) throw new Error(`${argv.join(' ')} exited ${exitCode}:\n${stdout}${stderr}`)
}

function figuresOf(
  title: string,
  samples: ReadonlyMap<Peer, Samples>,
  which: keyof Samples,
): readonly Figure[] {
  const own = samples.get(SEATRIAL)?.[which] ?? []
  return [...samples].flatMap(([peer, taken]) => {
    const time = figure(`${title}: ${peer.name}`, 'ms', taken[which])
    if (peer === SEATRIAL) return [time]
    const mine = figure(SEATRIAL.name, 'ms', own)
    return [
      time,
      mine.median > time.median
        ? ratio(`${title}: ${SEATRIAL.name} ÷ ${peer.name}`, own, taken[which])
        : ratio(`${title}: ${peer.name} ÷ ${SEATRIAL.name}`, taken[which], own),
    ]
  })
}
