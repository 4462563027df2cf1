import { parse, TomlError, type TomlTable, type TomlValue } from 'smol-toml'
import * as v from 'valibot'
import { nearestName } from './nearest-name.ts'
import { arrayElements, positionAt, type TomlPosition, tomlEntries } from './toml-source.ts'

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

/** What is wrong with a `seatrial.toml`, and where. */
export interface ConfigProblem extends TomlPosition {
  readonly file: string
  /** What is wrong and what was probably meant, as a sentence without the place. */
  readonly message: string
}

export type NodeConfigReading =
  | { readonly ok: true; readonly config: NodeConfig }
  | { readonly ok: false; readonly problems: readonly [ConfigProblem, ...ConfigProblem[]] }

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

const schema = v.strictObject({
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
  const parsed = parseToml(text, file)
  if ('problem' in parsed) return { ok: false, problems: [parsed.problem] }
  const checked = v.safeParse(schema, withFlatSysctls(parsed.table))
  if (checked.success) return { ok: true, config: withDefaults(checked.output) }
  const [first, ...rest] = checked.issues
    .map(issue => problemOf(issue, text, file))
    .sort((a, b) => a.line - b.line || a.column - b.column)
  return { ok: false, problems: [first ?? { file, line: 1, column: 1, message: 'not understood' }, ...rest] }
}

function parseToml(text: string, file: string): { table: TomlTable } | { problem: ConfigProblem } {
  try {
    return { table: parse(text) }
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    return { problem: { file, line: error.line, column: error.column, message: tomlErrorMessage(error) } }
  }
}

/** What a TOML parser complained of, without its picture of the place. */
export const tomlErrorMessage = (error: TomlError): string =>
  (error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '')

function withDefaults(given: v.InferOutput<typeof schema>): NodeConfig {
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

/** Whether a TOML value is a table, and not an array, a date or a plain value. */
export const isTable = (value: TomlValue | undefined): value is TomlTable =>
  typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date)

function flat(table: TomlTable, prefix = ''): TomlTable {
  return Object.fromEntries(
    Object.entries(table).flatMap(([name, value]) =>
      isTable(value) ? Object.entries(flat(value, `${prefix}${name}.`)) : [[prefix + name, value]],
    ),
  )
}

type Issue = v.InferIssue<typeof schema>

function problemOf(issue: Issue, text: string, file: string): ConfigProblem {
  const path = (issue.path ?? []).map(item => String(item.key))
  const isUnknown = issue.type === 'strict_object' && issue.expected === 'never'
  const place = { file, ...positionAt(text, offsetOf(path, text, isUnknown ? 'key' : 'value')) }
  return { ...place, message: isUnknown ? unknownKey(path) : wrongValue(issue, path) }
}

function offsetOf(path: readonly string[], text: string, part: 'key' | 'value'): number {
  const entries = tomlEntries(text)
  const find = (keys: readonly string[]) =>
    entries.find(entry => `${entry.path.join('.')}.`.startsWith(`${keys.join('.')}.`))
  const entry = find(path)
  if (entry !== undefined) return part === 'key' ? entry.start : entry.valueStart
  const array = find(path.slice(0, -1))
  if (array === undefined) return 0
  return arrayElements(text, array.valueStart)[Number(path.at(-1))]?.start ?? array.valueStart
}

function unknownKey(path: readonly string[]): string {
  const inside = path.slice(0, -1)
  const known = knownKeys(inside)
  const nearest = nearestName(path.at(-1) ?? '', known)
  const meant = nearest === undefined ? `known keys: ${known.join(', ')}` : `did you mean "${nearest}"?`
  return `unknown key "${path.join('.')}": ${meant}`
}

function knownKeys(inside: readonly string[]): string[] {
  if (inside[0] === 'containerd') return Object.keys(schema.entries.containerd.wrapped.entries)
  if (inside[0] === 'kubelet') return Object.keys(schema.entries.kubelet.wrapped.entries)
  return Object.keys(schema.entries)
}

const wrongValue = (issue: Issue, path: readonly string[]): string =>
  `"${path.join('.')}" must be ${issue.message}, not ${issue.received}`
