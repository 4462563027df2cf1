import type { Host, ListReply, Reply } from '../../src/host/host.ts'
import { decodeText } from '../../src/host/surrogate-escape.ts'

/**
 * The settled state of a host, seen through the port alone, in a canonical shape: two hosts with equal shapes are in
 * the same state as far as this project is concerned.
 *
 * What is left out, and why:
 * - times, inode numbers, process ids: they differ from run to run on one and the same host;
 * - `/run`, but for what is asked by name: it holds sockets and pids;
 * - sysctls other than those asked for: they are the machine's own under a container.
 */
export interface HostState {
  /** Path → content, or `-> target`; of the directories that the engine writes to. */
  readonly files: Readonly<Record<string, string>>
  /** Path → octal mode, uid and gid. */
  readonly attributes: Readonly<Record<string, string>>
  readonly sysctls: Readonly<Record<string, string>>
  readonly units: Readonly<Record<string, string>>
  /** What containerd makes of its files: `containerd config dump`. */
  readonly effectiveConfig: string
  /** `ctr plugins ls`: id → status. */
  readonly plugins: Readonly<Record<string, string>>
}

const DIRECTORIES = ['/etc/modules-load.d', '/etc/sysctl.d', '/etc/containerd', '/etc/modprobe.d']

const SYSCTLS = [
  'net/bridge/bridge-nf-call-iptables',
  'net/bridge/bridge-nf-call-ip6tables',
  'net/ipv4/ip_forward',
]

const UNITS = [
  'containerd.service',
  'kubelet.service',
  'systemd-modules-load.service',
  'systemd-sysctl.service',
]

const UNIT_PROPERTIES = 'LoadState,ActiveState,SubState,UnitFileState,Result,NeedDaemonReload'

/** Looks at a host. */
export async function observe(host: Host): Promise<HostState> {
  const replies = await host.send([
    ...DIRECTORIES.map(path => ({ kind: 'list', path, contentOf: '' }) as const),
    ...SYSCTLS.map(key => ({ kind: 'read', path: `/proc/sys/${key}` }) as const),
    ...UNITS.map(
      unit => ({ kind: 'exec', argv: ['systemctl', 'show', '-p', UNIT_PROPERTIES, unit] }) as const,
    ),
    { kind: 'exec', argv: ['containerd', 'config', 'dump'] },
    { kind: 'exec', argv: ['ctr', 'plugins', 'ls'] },
  ])
  const lists = replies.slice(0, DIRECTORIES.length)
  const reads = replies.slice(DIRECTORIES.length, DIRECTORIES.length + SYSCTLS.length)
  const shows = replies.slice(DIRECTORIES.length + SYSCTLS.length, -2)
  const entries = lists.flatMap((reply, index) =>
    reply.kind === 'list' ? entriesOf(DIRECTORIES[index] ?? '', reply) : [],
  )
  return {
    files: Object.fromEntries(entries.map(entry => [entry.path, entry.content])),
    attributes: Object.fromEntries(entries.map(entry => [entry.path, entry.attributes])),
    sysctls: Object.fromEntries(reads.map((reply, index) => [SYSCTLS[index] ?? '', textOf(reply).trim()])),
    units: Object.fromEntries(shows.map((reply, index) => [UNITS[index] ?? '', sortedLines(textOf(reply))])),
    effectiveConfig: textOf(replies.at(-2)),
    plugins: pluginsOf(textOf(replies.at(-1))),
  }
}

interface SeenEntry {
  readonly path: string
  readonly content: string
  readonly attributes: string
}

function entriesOf(directory: string, list: ListReply): readonly SeenEntry[] {
  return list.entries.map(({ name, stat, target, content }) => {
    const text = content instanceof Uint8Array ? decodeText(content) : (content ?? stat.type)
    return {
      path: `${directory}/${name}`,
      content: target === undefined ? text : `-> ${target}`,
      attributes: `${stat.type} ${stat.mode.toString(8)} ${stat.uid}:${stat.gid}`,
    }
  })
}

/** The text of a reply; what was refused is told apart from what is empty. */
function textOf(reply: Reply | undefined): string {
  if (reply?.kind === 'read') return decodeText(reply.content)
  if (reply?.kind === 'exec')
    return `${decodeText(reply.stdout)}${reply.exitCode === 0 ? '' : `exit ${reply.exitCode}`}`
  return reply?.kind === 'errno' ? reply.errno : ''
}

const sortedLines = (text: string): string => text.trim().split('\n').sort().join(' ')

function pluginsOf(table: string): Readonly<Record<string, string>> {
  const rows = table
    .trim()
    .split('\n')
    .slice(1)
    .map(row => row.trim().split(/\s+/))
  return Object.fromEntries(rows.map(([type = '', id = '', , status = '']) => [`${type}.${id}`, status]))
}
