import type { TomlTable } from 'smol-toml'
import * as v from 'valibot'
import { type ConfigProblems, isTable, readToml } from './toml-reading.ts'

/** What the operator wants of a node: `seatrial.toml` with every default filled in. */
export interface NodeConfig {
  /** `1.31`; undefined: that of the installed kubelet, if there is one. */
  readonly kubernetesVersion?: string
  /** Kernel modules that must be live, or compiled in. */
  readonly modules: readonly string[]
  /** `always` lists a module in modules-load.d even where it cannot be loaded. */
  readonly modulesLoad: 'auto' | 'always'
  /** Values by sysctl key (`net.ipv4.ip_forward`), as the kernel prints them. */
  readonly sysctls: Readonly<Record<string, string>>
  readonly cgroupDriver: 'auto' | CgroupDriver
  /** The pause image; undefined: what kubeadm of the Kubernetes version expects. */
  readonly sandboxImage?: string
  readonly containerd: {
    /** `reset` starts from `containerd config default` instead of the file that is there. */
    readonly config: 'edit' | 'reset'
    readonly configPath: string
  }
  readonly kubelet: { readonly configPath: string }
}

export type CgroupDriver = 'systemd' | 'cgroupfs'

export type NodeConfigReading =
  | { readonly ok: true; readonly config: NodeConfig }
  | { readonly ok: false; readonly problems: ConfigProblems }

/** The prerequisites that Kubernetes documents for a node with containerd. */
export const DEFAULT_NODE_CONFIG: NodeConfig = {
  modules: ['overlay', 'br_netfilter'],
  modulesLoad: 'auto',
  sysctls: {
    'net.bridge.bridge-nf-call-iptables': '1',
    'net.bridge.bridge-nf-call-ip6tables': '1',
    'net.ipv4.ip_forward': '1',
  },
  cgroupDriver: 'auto',
  containerd: { config: 'edit', configPath: '/etc/containerd/config.toml' },
  kubelet: { configPath: '/var/lib/kubelet/config.yaml' },
}

const word = (what: string, pattern: RegExp) => v.pipe(v.string(what), v.regex(pattern, what))
const absolutePath = word('an absolute path', /^\/\S/)
const oneOf = <const T extends readonly string[]>(options: T) =>
  v.picklist(options, `one of ${options.map(option => `"${option}"`).join(', ')}`)

const sysctlKey = word('a sysctl key like "net.ipv4.ip_forward"', /^[\w:-]+([./][\w:-]+)+$/)
const SYSCTL_VALUE = 'an integer or a string'
const sysctlValue = v.union(
  [v.string(SYSCTL_VALUE), v.pipe(v.number(SYSCTL_VALUE), v.integer(SYSCTL_VALUE))],
  SYSCTL_VALUE,
)

/** What may stand in a `seatrial.toml`; a whole `NodeConfig` fits it too. */
export const nodeConfigSchema = v.strictObject({
  kubernetesVersion: v.exactOptional(word('a string like "1.31"', /^v?1\.\d+(\.\d+)?$/)),
  modules: v.exactOptional(v.array(word('a module name', /^[\w-]+$/), 'an array of module names')),
  modulesLoad: v.exactOptional(oneOf(['auto', 'always'])),
  sysctls: v.exactOptional(v.record(sysctlKey, sysctlValue, 'a table of sysctl keys')),
  cgroupDriver: v.exactOptional(oneOf(['auto', 'systemd', 'cgroupfs'])),
  sandboxImage: v.exactOptional(word('an image reference', /^[^\s"\\]+$/)),
  containerd: v.exactOptional(
    v.strictObject(
      { config: v.exactOptional(oneOf(['edit', 'reset'])), configPath: v.exactOptional(absolutePath) },
      'a table',
    ),
  ),
  kubelet: v.exactOptional(v.strictObject({ configPath: v.exactOptional(absolutePath) }, 'a table')),
})

/** Reads the text of a `seatrial.toml`; `file` is what problems call it. */
export function readNodeConfig(text: string, file: string): NodeConfigReading {
  const reading = readToml(text, file, { schema: nodeConfigSchema, prepare: withFlatSysctls })
  return reading.ok ? { ok: true, config: withDefaults(reading.value) } : reading
}

/** What is given, with every default filled in. */
export function withDefaults(given: v.InferOutput<typeof nodeConfigSchema>): NodeConfig {
  const { kubernetesVersion, sysctls, containerd, kubelet, ...rest } = given
  return {
    ...DEFAULT_NODE_CONFIG,
    ...rest,
    ...(kubernetesVersion !== undefined && { kubernetesVersion: kubernetesVersion.replace(/^v/, '') }),
    sysctls: { ...DEFAULT_NODE_CONFIG.sysctls, ...textOf(sysctls ?? {}) },
    containerd: { ...DEFAULT_NODE_CONFIG.containerd, ...containerd },
    kubelet: { ...DEFAULT_NODE_CONFIG.kubelet, ...kubelet },
  }
}

const textOf = (values: Readonly<Record<string, string | number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]))

/** TOML reads `net.ipv4.ip_forward = 1` without quotes as three nested tables; both ways mean the one key. */
function withFlatSysctls(table: TomlTable): TomlTable {
  return isTable(table.sysctls) ? { ...table, sysctls: flat(table.sysctls) } : table
}

function flat(table: TomlTable, prefix = ''): TomlTable {
  return Object.fromEntries(
    Object.entries(table).flatMap(([name, value]) =>
      isTable(value) ? Object.entries(flat(value, `${prefix}${name}.`)) : [[prefix + name, value]],
    ),
  )
}
