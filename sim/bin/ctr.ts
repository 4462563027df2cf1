import { Unsimulated } from '../../src/host/host.ts'
import type { ContainerdClient, ContainerdConnection } from '../bus.ts'
import { parseDuration } from '../formats/go-toml/duration.ts'
import { GoError } from '../formats/go-toml/go-error.ts'
import { Log } from '../formats/logrus.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { withCommandLine } from './getopt.ts'
import { type FlagTable, parseFlags } from './go-flags.ts'

const FLAGS: FlagTable = {
  address: { name: 'address', hasValue: true },
  a: { name: 'address', hasValue: true },
  'connect-timeout': { name: 'connect-timeout', hasValue: true },
  namespace: { name: 'namespace', hasValue: true },
  n: { name: 'namespace', hasValue: true },
  version: { name: 'version' },
  v: { name: 'version' },
}

const LIST_FLAGS: FlagTable = { quiet: { name: 'quiet' }, q: { name: 'quiet' } }

/** How long it tries to reach the daemon: containerd's client, unless --connect-timeout says otherwise. */
const DIAL_NS = 10_000_000_000

/** ctr(8): `version`, `plugins list`, and the lists of what there is none of. */
export function* ctr(process: Process): Blocking<number> {
  const client = process.system.bus.containerd
  const { values, rest } = parseFlags('ctr', process.argv.slice(1), FLAGS)
  if (values.has('version')) {
    process.print(client.answerOf(['ctr', '--version']))
    return 0
  }
  const limitNs = dialLimitNs(values.get('connect-timeout'))
  const address =
    values.get('address') ?? process.env.get('CONTAINERD_ADDRESS') ?? '/run/containerd/containerd.sock'
  const [command, ...args] = rest
  if (command === 'version' && args.length === 0) return yield* version(process, client, { address, limitNs })
  const isPlugins = command === 'plugins' || command === 'plugin'
  if (isPlugins && (args[0] === 'ls' || args[0] === 'list')) {
    return yield* listPlugins(process, client, { address, limitNs, args: args.slice(1) })
  }
  const listing = listingOf(rest)
  if (listing !== undefined) return yield* listNothing(process, client, { address, limitNs, ...listing })
  if (command !== undefined && !COMMANDS.includes(command)) {
    process.complain(`No help topic for '${command}'\n`)
    return 3
  }
  throw new Unsimulated('ctr', rest.join(' '))
}

/** Commands of ctr 1.4 to 2.1, with their aliases; what each but a few does is not modelled. */
const COMMANDS =
  'plugins plugin version containers c container content event events images image i leases namespaces namespace ns pprof run snapshots snapshot tasks t task install oci shim info deprecations sandboxes sandbox s cri help h'.split(
    ' ',
  )

/** What the lists of things that only a client makes have above their rows: nothing here makes any. */
const HEADINGS: readonly (readonly [commands: readonly string[], heading: string])[] = [
  [['namespaces', 'namespace', 'ns'], 'NAME LABELS \n'],
  [['images', 'image', 'i'], 'REF TYPE DIGEST SIZE PLATFORMS LABELS \n'],
  [['containers', 'container', 'c'], 'CONTAINER    IMAGE    RUNTIME    \n'],
]

function listingOf([command = '', verb = '', ...args]: readonly string[]):
  | { readonly heading: string; readonly args: readonly string[] }
  | undefined {
  const heading = HEADINGS.find(([commands]) => commands.includes(command))?.[1]
  return heading !== undefined && (verb === 'ls' || verb === 'list') ? { heading, args } : undefined
}

function* listNothing(
  process: Process,
  client: ContainerdClient,
  { heading, args, ...target }: Target & { readonly heading: string; readonly args: readonly string[] },
): Blocking<number> {
  const { values, rest } = parseFlags('ctr', args, LIST_FLAGS)
  if (rest.length > 0) throw new Unsimulated('ctr', `a list filtered by ${rest.join(' ')}`)
  const connection = yield* dial(process, client, target)
  if (connection === undefined) return 1
  if (!values.has('quiet')) process.print(heading)
  return 0
}

/** Which socket, and how long to try. */
interface Target {
  readonly address: string
  readonly limitNs: number
}

/** Zero, like nothing, is the client's own limit. */
function dialLimitNs(text: string | undefined): number {
  try {
    return text === undefined ? DIAL_NS : Number(parseDuration(text)) || DIAL_NS
  } catch (error) {
    if (error instanceof GoError) throw new Unsimulated('ctr', `--connect-timeout ${text}`)
    throw error
  }
}

/** The daemon at an address, or undefined once it is told why there is none. */
function* dial(
  process: Process,
  client: ContainerdClient,
  target: Target,
): Blocking<ContainerdConnection | undefined> {
  if (client.release.generation === '2.1' && !process.exists(target.address)) {
    const { address } = target
    process.complain(`ctr: cannot access socket ${address}: stat ${address}: no such file or directory\n`)
    return undefined
  }
  const connection = yield* dialUntil(process, client, target)
  if (connection !== undefined && /^(1\.7|2\.1)$/.test(client.release.generation))
    tellDeprecations(process, client, connection)
  return connection
}

const unknownService = (client: ContainerdClient): string =>
  `unknown service containerd.services.introspection.v1.Introspection${
    client.release.generation === '2.1' ? '' : ': not implemented'
  }`

/** What every command of 1.7 and later asks first. */
function tellDeprecations(
  process: Process,
  client: ContainerdClient,
  connection: ContainerdConnection,
): void {
  const suppress = process.env.get('CONTAINERD_SUPPRESS_DEPRECATION_WARNINGS')
  if (suppress !== undefined) throw new Unsimulated('ctr', 'CONTAINERD_SUPPRESS_DEPRECATION_WARNINGS')
  const log = new Log({ write: line => process.complain(line), now: () => process.clock.realtimeSeconds })
  if (!connection.isIntrospected) log.warn('Failed to check deprecations', { error: unknownService(client) })
  for (const sentence of connection.deprecations) log.warn(`DEPRECATION: ${sentence}`)
}

/** Whether the daemon answers questions about itself; told if it does not. */
function canAsk(process: Process, client: ContainerdClient, connection: ContainerdConnection): boolean {
  if (!connection.isIntrospected) process.complain(`ctr: ${unknownService(client)}\n`)
  return connection.isIntrospected
}

function* dialUntil(
  process: Process,
  client: ContainerdClient,
  { address, limitNs }: Target,
): Blocking<ContainerdConnection | undefined> {
  const startNs = process.clock.monotonicNs
  for (;;) {
    const connection = client.connect(address)
    if (connection !== undefined) {
      if (process.credentials.uid !== 0) throw new Unsimulated('ctr', 'being run by another user than root')
      return connection
    }
    const leftNs = startNs + limitNs - process.clock.monotonicNs
    if (leftNs <= 0) break
    yield {
      isReady: () => client.connect(address) !== undefined,
      wakeAtNs: process.clock.monotonicNs + leftNs,
    }
  }
  process.complain(
    `ctr: failed to dial "${address}": context deadline exceeded${client.release.generation === '1.4' ? '' : `: connection error: desc = "transport: error while dialing: dial unix://${address}: timeout"`}\n`,
  )
  return undefined
}

function* version(process: Process, client: ContainerdClient, target: Target): Blocking<number> {
  const { version: number, revision } = client.release
  const goVersion = /Go version: (.*)/.exec(client.answerOf(['ctr', 'version']))?.[1] ?? ''
  process.print(`Client:\n  Version:  ${number}\n  Revision: ${revision}\n  Go version: ${goVersion}\n\n`)
  const connection = yield* dial(process, client, target)
  if (connection === undefined) return 1
  process.print(`Server:\n  Version:  ${number}\n  Revision: ${revision}\n`)
  if (!canAsk(process, client, connection)) return 1
  process.print(`  UUID: ${connection.uuid()}\n`)
  return 0
}

function* listPlugins(
  process: Process,
  client: ContainerdClient,
  { args, ...target }: Target & { args: readonly string[] },
): Blocking<number> {
  const { values, rest } = parseFlags('ctr', args, LIST_FLAGS)
  if (rest.length > 0) throw new Unsimulated('ctr', `plugins ls ${rest.join(' ')}`)
  const connection = yield* dial(process, client, target)
  if (connection === undefined) return 1
  if (!canAsk(process, client, connection)) return 1
  if (values.has('quiet')) {
    for (const { id } of connection.plugins) process.print(`${id}\n`)
    return 0
  }
  const rows = connection.plugins.map(({ type, id, platforms, status }) => [type, id, platforms, status])
  process.print(tabulate([['TYPE', 'ID', 'PLATFORMS', 'STATUS'], ...rows]))
  return 0
}

/** text/tabwriter with a padding of four, every cell ended by a tab. */
function tabulate(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map(
    (_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)) + 4,
  )
  return rows.map(row => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('')}\n`).join('')
}

withCommandLine(ctr, process => {
  const { values, rest } = parseFlags('ctr', process.argv.slice(1), FLAGS)
  const isModelled =
    /^(version$|plugins? (ls|list)( |$))/.test(rest.join(' ')) ||
    listingOf(rest) !== undefined ||
    !COMMANDS.includes(rest[0] ?? 'help')
  if (!values.has('version') && !isModelled) throw new Unsimulated('ctr', rest.join(' '))
  return undefined
})
