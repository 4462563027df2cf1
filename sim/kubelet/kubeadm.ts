import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import { CONTAINERD_ENDPOINT } from './cri.ts'
import { type PreflightTarget, preflightChecks } from './kubeadm-checks.ts'
import { type KubernetesRelease, releaseOf } from './release.ts'

/** kubeadm(1): `version`, and of `init` and `join` the checks before anything is done, as far as they refuse. */
export function kubeadm(process: Process): number {
  const release = releaseOf(process, 'kubeadm')
  const [verb, ...words] = process.argv.slice(1)
  if (verb === 'version') return version(process, release, words)
  if (verb === 'init') return init(process, release, words)
  if (verb === 'join') return join(process, release, words)
  throw new Unsimulated('kubeadm', process.argv.slice(1).join(' '))
}

function version(process: Process, release: KubernetesRelease, words: readonly string[]): number {
  const text = words.join(' ')
  if (!/^(-o|--output)[= ]short$/.test(text)) throw new Unsimulated('kubeadm', `version ${text}`.trim())
  process.print(`${release.version}\n`)
  return 0
}

/** Flags of `init` and `join` that the checks look at, and those that matter only after them. */
const LATER = [
  'apiserver-advertise-address',
  'control-plane-endpoint',
  'discovery-token-ca-cert-hash',
  'image-repository',
  'pod-network-cidr',
  'service-cidr',
  'token',
  'token-ttl',
  'upload-certs',
]
const LOOKED_AT = ['cri-socket', 'ignore-preflight-errors', 'kubernetes-version']
const BOOLEAN = ['upload-certs']

interface Flags {
  readonly values: ReadonlyMap<string, string>
  readonly operands: readonly string[]
}

function parse(words: readonly string[]): Flags {
  const values = new Map<string, string>()
  const operands: string[] = []
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) {
      if (word.startsWith('-')) throw new Unsimulated('kubeadm', `the flag ${word}`)
      operands.push(word)
      continue
    }
    if (![...LATER, ...LOOKED_AT].includes(name)) throw new Unsimulated('kubeadm', `the flag --${name}`)
    values.set(name, value ?? (BOOLEAN.includes(name) ? 'true' : (rest.shift() ?? '')))
  }
  return { values, operands }
}

function init(process: Process, release: KubernetesRelease, words: readonly string[]): number {
  const { values, operands } = parse(words)
  const isPhase = operands.join(' ') === 'phase preflight'
  if (operands.length > 0 && !isPhase) throw new Unsimulated('kubeadm', `init ${operands.join(' ')}`)
  const wanted = values.get('kubernetes-version')
  if (wanted === undefined)
    throw new Unsimulated('kubeadm', 'asking the internet for the newest version: give --kubernetes-version')
  const minor = Number(/^v?1\.(\d+)\.\d+$/.exec(wanted)?.[1])
  if (minor !== release.minor) throw new Unsimulated('kubeadm', `--kubernetes-version ${wanted}`)
  if (!isPhase) process.print(`[init] Using Kubernetes version: v${wanted.replace(/^v/, '')}\n`)
  return preflight(process, values, { release, role: 'init' })
}

function join(process: Process, release: KubernetesRelease, words: readonly string[]): number {
  const { values, operands } = parse(words)
  const [first] = operands
  if (first === undefined) throw new Unsimulated('kubeadm', 'join without an API server')
  return preflight(process, values, { release, role: 'join' })
}

function preflight(
  process: Process,
  values: Flags['values'],
  target: { readonly release: KubernetesRelease; readonly role: PreflightTarget['role'] },
): number {
  const ignored = new Set(
    (values.get('ignore-preflight-errors') ?? '').split(',').map(word => word.trim().toLowerCase()),
  )
  const isIgnored = (name: string): boolean => ignored.has('all') || ignored.has(name.toLowerCase())
  process.print('[preflight] Running pre-flight checks\n')
  if (process.credentials.uid !== 0 && !isIgnored('IsPrivilegedUser'))
    return refuse(process, '\t[ERROR IsPrivilegedUser]: user is not running as root\n')
  const criSocket = values.get('cri-socket') ?? CONTAINERD_ENDPOINT
  let errors = ''
  for (const finding of preflightChecks({ process, criSocket, ...target })) {
    const { name } = finding
    const warnings = isIgnored(name) ? [...finding.warnings, ...finding.errors] : finding.warnings
    for (const text of warnings) process.complain(`\t[WARNING ${name}]: ${text}\n`)
    if (!isIgnored(name)) for (const text of finding.errors) errors += `\t[ERROR ${name}]: ${text}\n`
  }
  if (errors !== '') return refuse(process, errors)
  throw new Unsimulated('kubeadm', `${target.role} after its checks, which passed`)
}

function refuse(process: Process, errors: string): number {
  process.complain(
    `error execution phase preflight: [preflight] Some fatal errors occurred:\n${errors}[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\`\nTo see the stack trace of this error execute with --v=5 or higher\n`,
  )
  return 1
}
