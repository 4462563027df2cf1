import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { parseLong } from './sysctl-number.ts'
import { recordedRule } from './sysctl-types.ts'

/** How the kernel reads what is written to one entry of /proc/sys, and what else that changes. */
export interface SysctlRule {
  /** The value as it reads afterwards, or the errno of the write(2); `read` gives the value of another entry. */
  parse(text: string, old: string, read?: (path: string) => string | undefined): string
  /** Other entries that this write sets: path and value. */
  writesThrough?(path: string, value: string, paths: readonly string[]): Iterable<readonly [string, string]>
}

const INT_MAX = 2_147_483_647
const INT_MIN = -2_147_483_648
/** (gid_t) -1 */
const INVALID_ID = 4_294_967_295n
const LONG_MAX = 9_223_372_036_854_775_807n

/** One int: proc_dointvec, or proc_dointvec_minmax with its bounds. Out of an int's range is EINVAL too. */
function int(min = INT_MIN, max = INT_MAX): SysctlRule {
  return {
    parse(text) {
      const value = parseLong(text)
      if (value < min || value > max) throw new KernelError('EINVAL')
      return String(value)
    },
  }
}

/** proc_doulongvec_minmax, with LONG_MAX for upper bound as fs/file_table.c has it. */
function unsignedLong(): SysctlRule {
  return {
    parse(text) {
      const value = parseLong(text)
      if (value < 0 || value > LONG_MAX) throw new KernelError('EINVAL')
      return String(value)
    },
  }
}

/** proc_dostring: up to the first line end, cut to the buffer. */
function string(maxBytes: number): SysctlRule {
  return { parse: text => (text.split('\n')[0] ?? '').slice(0, maxBytes - 1) }
}

/** A fixed number of ints; missing ones keep their old value, as proc_dointvec leaves them. */
function vector(length: number): SysctlRule {
  return {
    parse(text, old) {
      const written = text.trim().split(/\s+/).slice(0, length).map(parseLong)
      return old
        .split(/\s+/)
        .map((value, index) => String(written[index] ?? value))
        .join('\t')
    },
  }
}

/**
 * ipv4_local_port_range() of net/ipv4/sysctl_net_ipv4.c: from 1 to 65535, in this order, and none of the ports that only
 * root may bind.
 */
const localPortRange: SysctlRule = {
  parse(text, old, read) {
    const range = vector(2).parse(text, old).split('\t').map(Number)
    const [low = 0, high = 0] = range
    const privileged = Number(read?.('net/ipv4/ip_unprivileged_port_start') ?? 0)
    if (low < Math.max(1, privileged) || high > 65_535 || high < low) throw new KernelError('EINVAL')
    return `${low}\t${high}`
  },
}

/** ipv4_privileged_ports() of the same file: the other end of that bound. */
const unprivilegedPortStart: SysctlRule = {
  parse(text, old, read) {
    const low = Number(read?.('net/ipv4/ip_local_port_range')?.split(/\s+/)[0] ?? 65_535)
    return int(0, Math.min(65_535, low)).parse(text, old)
  },
}

/** ipv4_ping_group_range() of net/ipv4/sysctl_net_ipv4.c: two group ids; a range that is empty reads `1 0`. */
const pingGroupRange: SysctlRule = {
  parse(text, old) {
    const written = text.trim().split(/\s+/).slice(0, 2).map(parseLong)
    if (written.some(id => id < 0 || id >= INVALID_ID)) throw new KernelError('EINVAL')
    const [low = 0n, high = 0n] = old.split(/\s+/).map((id, index) => written[index] ?? BigInt(id))
    return high < low ? '1\t0' : `${low}\t${high}`
  },
}

/** set_default_qdisc() of net/core/sysctl_net_core.c: which others the kernel has or can load is not known here. */
const defaultQdisc: SysctlRule = {
  parse(text, old) {
    const name = text.trim()
    if (name !== old) throw new Unsimulated('write(2)', `the queueing discipline ${name}`)
    return name
  },
}

/** brnf_sysctl_call_tables of net/bridge/br_netfilter_hooks.c: anything but 0 becomes 1. */
const bridgeCall: SysctlRule = {
  parse: (text, old) => (int().parse(text, old) === '0' ? '0' : '1'),
}

/** The same entry of every interface and of `default`: inet_forward_change() of net/ipv4/devinet.c. */
function* allForwarding(value: string, paths: readonly string[]): Iterable<readonly [string, string]> {
  for (const path of paths) if (/^net\/ipv4\/conf\/[^/]+\/forwarding$/.test(path)) yield [path, value]
}

/** ip_forward is conf.all.forwarding under an older name; both write to every interface. */
const ipForward: SysctlRule = {
  ...int(),
  *writesThrough(path, value, paths) {
    yield* allForwarding(value, paths)
    yield path === 'net/ipv4/ip_forward'
      ? ['net/ipv4/conf/all/forwarding', value]
      : ['net/ipv4/ip_forward', value]
  },
}

const bool01 = int(0, 1)

/** Entries that look at others, or read otherwise than they were written: no recording of one write says that. */
const RELATED: readonly (readonly [RegExp, SysctlRule])[] = [
  [/^net\/bridge\/bridge-nf-/, bridgeCall],
  [/^net\/ipv4\/ip_local_port_range$/, localPortRange],
  [/^net\/ipv4\/ip_unprivileged_port_start$/, unprivilegedPortStart],
  [/^net\/ipv4\/ping_group_range$/, pingGroupRange],
  [/^net\/core\/default_qdisc$/, defaultQdisc],
]

/**
 * Types by path, the first that matches, for what an image did not record. From the ctl_table entries of Linux 6.1: kernel/sysctl.c, mm, net/core,
 * net/ipv4/sysctl_net_ipv4.c, net/ipv4/devinet.c, net/bridge/br_netfilter_hooks.c, fs. What is not listed is not known,
 * and writing it is `Unsimulated`.
 */
const RULES: readonly (readonly [RegExp, SysctlRule])[] = [
  [/^net\/ipv4\/ip_forward$/, ipForward],
  [/^net\/ipv4\/conf\/all\/forwarding$/, ipForward],
  [
    /^net\/ipv4\/conf\/[^/]+\/(?:rp_filter|forwarding|accept_redirects|secure_redirects|send_redirects|accept_source_route|log_martians|arp_announce|arp_ignore|arp_notify|arp_filter|arp_accept|proxy_arp|route_localnet|src_valid_mark|promote_secondaries)$/,
    int(),
  ],
  [/^net\/ipv4\/tcp_syncookies$/, int(0, 255)],
  [/^net\/ipv4\/icmp_(?:echo_ignore_all|echo_ignore_broadcasts|ignore_bogus_error_responses)$/, int(0, 255)],
  [
    /^net\/ipv4\/tcp_(?:keepalive_time|keepalive_intvl|keepalive_probes|fin_timeout|max_syn_backlog|max_tw_buckets)$/,
    int(),
  ],
  [/^net\/ipv4\/ip_nonlocal_bind$/, int(0, 255)],
  [
    /^net\/ipv6\/conf\/[^/]+\/(?:disable_ipv6|forwarding|accept_ra|accept_redirects|accept_source_route)$/,
    int(),
  ],
  [/^net\/core\/somaxconn$/, int(0)],
  [/^net\/core\/(?:rmem_max|wmem_max|netdev_max_backlog)$/, int()],
  [/^net\/netfilter\/nf_conntrack_max$/, int(0)],
  [/^vm\/overcommit_memory$/, int(0, 2)],
  [/^vm\/panic_on_oom$/, int(0, 2)],
  [/^vm\/swappiness$/, int(0, 200)],
  [/^vm\/max_map_count$/, int(0)],
  [/^vm\/overcommit_ratio$/, int()],
  [/^kernel\/(?:panic|panic_on_oops|sched_rr_timeslice_ms)$/, int()],
  [/^kernel\/sysrq$/, int()],
  [/^kernel\/dmesg_restrict$/, bool01],
  [/^kernel\/kptr_restrict$/, int(0, 2)],
  [/^kernel\/pid_max$/, int(301, 4_194_304)],
  [/^kernel\/(?:hostname|domainname)$/, string(65)],
  [/^kernel\/core_pattern$/, string(128)],
  [/^kernel\/core_uses_pid$/, int()],
  [/^kernel\/unprivileged_bpf_disabled$/, int(0, 2)],
  [/^kernel\/yama\/ptrace_scope$/, int(0, 3)],
  [/^kernel\/keys\/(?:maxkeys|maxbytes|root_maxkeys|root_maxbytes)$/, int(0)],
  [/^kernel\/printk$/, vector(4)],
  [/^fs\/(?:file-max|nr_open)$/, unsignedLong()],
  [/^fs\/inotify\/max_(?:user_instances|user_watches|queued_events)$/, int(0)],
  [/^fs\/protected_(?:hardlinks|symlinks)$/, bool01],
  [/^fs\/protected_(?:fifos|regular)$/, int(0, 2)],
  [/^fs\/suid_dumpable$/, int(0, 2)],
  [/^fs\/aio-max-nr$/, unsignedLong()],
]

/** The rule of an entry: what relates it to others, what its image recorded (`accepts`), or what is known of its name. */
export function ruleFor(path: string, accepts?: string): SysctlRule | undefined {
  const find = (rules: typeof RULES) => rules.find(([pattern]) => pattern.test(path))?.[1]
  return find(RELATED) ?? (accepts === undefined ? find(RULES) : recordedRule(accepts))
}
