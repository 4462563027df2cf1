import { expect, it } from 'vitest'
import { DEFAULT_NODE_CONFIG } from '../../src/config/node-config.ts'
import { apply, plan, verify } from '../../src/engine/engine.ts'
import { describe as describeFailure } from '../../src/engine/failure.ts'
import type { Host, Request, SendOptions } from '../../src/host/host.ts'
import { decodeText, encodeText } from '../../src/host/surrogate-escape.ts'
import { type HostState, observe } from './oracle.ts'

/** How a host is before the engine comes: what of /etc/containerd/config.toml differs from the fresh image. */
export interface StartingState {
  readonly name: string
  /** Undefined: no file. `shipped`: as the package brought it. */
  readonly config: string | undefined | 'shipped'
  /** The engine cannot mend it, and says so in a sentence that holds this. */
  readonly refusal?: RegExp
}

const PRIVATE_REGISTRY = `# Our own registry, see the wiki before you touch this.
version = 2

# imports come first
imports = []

[plugins."io.containerd.grpc.v1.cri"]
  # the mirror of the platform team
  [plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]
    endpoint = ["https://registry.example.com"]   # with a comment behind it

  [plugins."io.containerd.grpc.v1.cri".registry.configs."registry.example.com".auth]
    username = "robot"
    password = "hunter2"

[metrics]
  address = "127.0.0.1:1338"
`

/** Starting states that people's hosts are in. */
export const STARTING_STATES: readonly StartingState[] = [
  { name: 'no config.toml', config: undefined },
  { name: "Debian's shipped config.toml", config: 'shipped' },
  { name: 'a config.toml that disables CRI', config: 'disabled_plugins = ["cri"]\n' },
  { name: 'a config.toml with comments and a private registry', config: PRIVATE_REGISTRY },
  {
    name: 'a broken config.toml',
    config: 'version = 2\n[plugins\n',
    refusal: /\/etc\/containerd\/config\.toml.*line 2|config\.toml:2:/,
  },
]

const CONFIG_PATH = '/etc/containerd/config.toml'
const ZEROED = [
  'net.ipv4.ip_forward',
  'net.bridge.bridge-nf-call-iptables',
  'net.bridge.bridge-nf-call-ip6tables',
]

/** Puts a fresh host into a starting state: containerd runs with it where it can, and the three sysctls are 0. */
export async function prepare(host: Host, state: StartingState): Promise<void> {
  const zeroing: Request[] = ZEROED.map(key => ({
    kind: 'write',
    path: `/proc/sys/${key.replaceAll('.', '/')}`,
    content: encodeText('0\n'),
  }))
  await sendAll(host, zeroing)
  await configure(host, state)
}

/** The part of a starting state that is about containerd: its configuration, and it running with it where it can. */
export async function configure(host: Host, state: StartingState): Promise<void> {
  const requests: Request[] = []
  if (state.config === undefined) requests.push({ kind: 'remove', path: CONFIG_PATH })
  else if (state.config !== 'shipped')
    requests.push({ kind: 'write', path: CONFIG_PATH, content: encodeText(state.config) })
  if (state.config !== 'shipped' && state.refusal === undefined)
    requests.push({ kind: 'exec', argv: ['systemctl', 'restart', 'containerd'] })
  await sendAll(host, requests)
}

async function sendAll(host: Host, requests: readonly Request[]): Promise<void> {
  for (const reply of await host.send(requests))
    if (reply.kind === 'errno') throw new Error(`cannot prepare: ${reply.errno}`)
}

/** Counts round trips. */
export class CountingHost implements Host {
  readonly name: string
  trips = 0
  readonly #host: Host

  constructor(host: Host) {
    this.name = host.name
    this.#host = host
  }

  send(batch: readonly Request[], options?: SendOptions): ReturnType<Host['send']> {
    this.trips++
    return this.#host.send(batch, options)
  }

  close(): Promise<void> {
    return this.#host.close()
  }
}

const mainPid = async (host: Host): Promise<string> => {
  const [reply] = await host.send([
    { kind: 'exec', argv: ['systemctl', 'show', '-p', 'MainPID', '--value', 'containerd'] },
  ])
  return reply?.kind === 'exec' ? decodeText(reply.stdout).trim() : ''
}

/**
 * The story of one host from a starting state to a verified node, the same body for simulated and real hosts. The
 * states it ends in are kept by name, so that those of different hosts can be compared.
 */
export function tellEngineStory(
  state: StartingState,
  open: () => Promise<Host>,
  keep: (state: HostState) => void,
): void {
  it(`${state.name}: ${state.refusal === undefined ? 'becomes a verified node' : 'is refused in words'}`, async () => {
    const host = new CountingHost(await open())
    await prepare(host, state)
    const planned = await plan(host, DEFAULT_NODE_CONFIG)
    if (state.refusal !== undefined) {
      expect(planned.failures.map(describeFailure).join('\n')).toMatch(state.refusal)
      keep(await observe(host))
      return
    }
    expect(planned.failures).toEqual([])
    const before = (await observe(host)).sysctls
    expect(Object.values(before)).toEqual(['0', '0', '0'])

    host.trips = 0
    const applied = await apply(host, DEFAULT_NODE_CONFIG)
    expect(applied.failures.map(describeFailure)).toEqual([])
    expect(applied.checks.filter(check => check.verdict === 'fail')).toEqual([])
    expect(applied.hasChanged).toBe(true)
    expect(host.trips).toBe(3)

    const pid = await mainPid(host)
    host.trips = 0
    const again = await apply(host, DEFAULT_NODE_CONFIG)
    expect({ hasChanged: again.hasChanged, failures: again.failures, trips: host.trips }).toEqual({
      hasChanged: false,
      failures: [],
      trips: 1,
    })
    expect(await mainPid(host)).toBe(pid)

    host.trips = 0
    const verified = await verify(host, DEFAULT_NODE_CONFIG)
    expect(verified.checks.filter(check => check.verdict === 'fail')).toEqual([])
    expect(host.trips).toBe(1)
    keep(await observe(host))
  })
}
