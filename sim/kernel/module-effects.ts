import type { SysctlRecord } from '../../src/format/image.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { LogMessage } from './log.ts'
import type { SysctlEntry } from './sysctl.ts'

/**
 * References that a module takes on another beside its symbols, as long as it is live. Recorded; from
 * register_ip_vs_scheduler() of net/netfilter/ipvs/ip_vs_sched.c, and from crypto_alloc_shash() in lib/libcrc32c.c, which
 * takes the driver of the highest priority.
 */
const HOLDS: readonly (readonly [user: RegExp, held: string])[] = [
  [/^ip_vs_(?:dh|fo|lblcr?|lc|mh|nq|ovf|rr|sed|sh|twos|wlc|wrr)$/, 'ip_vs'],
  [/^libcrc32c$/, 'crc32c_intel'],
]

/** Which modules, of those that are live, a module holds. */
export const heldBy = (user: string, isLive: (name: string) => boolean): readonly string[] =>
  HOLDS.filter(([pattern, held]) => pattern.test(user) && isLive(held)).map(([, held]) => held)

/** The parameter that says how many interfaces a driver makes when it is loaded: one, unless it is said. */
const INTERFACE_COUNT: Readonly<Record<string, string>> = { bonding: 'max_bonds', dummy: 'numdummies' }

const OF_INTERFACE = /^(net\/ipv[46]\/(?:conf|neigh)\/)([^/]+)(\/.*)$/

/**
 * The entries of /proc/sys that loading a module brings: as recorded, but those of a new interface start from what
 * `default` has now (inetdev_init() of net/ipv4/devinet.c), and no interface has none.
 */
export function broughtEntries(
  module: { readonly name: string; readonly parameters: Readonly<Record<string, string>> },
  recorded: Readonly<Record<string, SysctlRecord>>,
  defaults: {
    readonly atRecording: Readonly<Record<string, SysctlRecord>>
    readonly now: (path: string) => SysctlEntry | undefined
  },
): Readonly<Record<string, SysctlRecord>> {
  const count = module.parameters[INTERFACE_COUNT[module.name] ?? ''] ?? '1'
  if (count !== '0' && count !== '1')
    throw new Unsimulated('init_module(2)', `${module.name} with ${INTERFACE_COUNT[module.name]}=${count}`)
  const entries = Object.entries(recorded)
  const wanted = count === '0' ? entries.filter(([path]) => !OF_INTERFACE.test(path)) : entries
  return Object.fromEntries(
    wanted.map(([path, record]) => {
      const source = path.replace(OF_INTERFACE, '$1default$3')
      const isInherited = source !== path && defaults.atRecording[source]?.value === record.value
      const value = isInherited ? defaults.now(source)?.value : undefined
      return [path, value === undefined ? record : { ...record, value }]
    }),
  )
}

/** What modules log when they are loaded; recorded, and from br_init() of net/bridge/br.c and br_netfilter_init(). */
const MESSAGES: Readonly<Record<string, readonly Pick<LogMessage, 'level' | 'text'>[]>> = {
  bridge: [
    {
      level: 'info',
      text: 'bridge: filtering via arp/ip/ip6tables is no longer available by default. Update your scripts to load br_netfilter if you need this.',
    },
  ],
  br_netfilter: [{ level: 'info', text: 'Bridge firewalling registered' }],
  ip_vs: [
    { level: 'info', text: 'IPVS: Registered protocols (TCP, UDP, SCTP, AH, ESP)' },
    { level: 'info', text: 'IPVS: Connection hash table configured (size=4096, memory=32Kbytes)' },
    { level: 'info', text: 'IPVS: ipvs loaded.' },
  ],
  ip_vs_rr: [{ level: 'info', text: 'IPVS: [rr] scheduler registered.' }],
}

/** What a module logs when it is loaded, of those whose words are known. */
export const messagesOf = (name: string): readonly Pick<LogMessage, 'level' | 'text'>[] =>
  MESSAGES[name] ?? []

const PARTING: Readonly<Record<string, string>> = {
  ip_vs: 'IPVS: ipvs unloaded.',
  ip_vs_rr: 'IPVS: [rr] scheduler unregistered.',
}

/** What a module logs when it is unloaded. */
export const partingOf = (name: string): string | undefined => PARTING[name]
