import { isNode, LineCounter, parseDocument } from 'yaml'
import type { CgroupDriver, NodeConfig } from '../../config/node-config.ts'
import { cgroupDriver, kubernetesVersion } from '../choices.ts'
import type { Facts } from '../facts/index.ts'
import type { KubeletFlag } from '../facts/kubelet.ts'
import type { Failure } from '../failure.ts'
import { type FileChange, fileStep, unreadable } from '../file-step.ts'
import { minorVersion } from '../pause-image.ts'
import { cannotPlan, nothingToDo, type Phase } from '../phase.ts'

const NAME = 'kubelet'

/** The kubelet's configuration file: the cgroup driver that containerd has. */
export const kubelet: Phase = {
  name: NAME,
  plan(facts, config) {
    const { version, config: file } = facts.kubelet
    const driver = cgroupDriver(facts, config).value
    if (version === undefined && !file.isThere) {
      return nothingToDo('the kubelet is not installed: its cgroup driver is left to kubeadm')
    }
    const failures = flagFailures(facts, config, driver)
    if (failures.length > 0) return cannotPlan(...failures)
    if (!file.isThere && file.errno === 'ENOENT') return nothingToDo(unconfigured(facts, config, driver))
    const change = kubeletChange(facts, config)
    if (!change.ok) return cannotPlan(change.failure)
    if (change.change === undefined) return nothingToDo()
    return {
      steps: [fileStep(NAME, change.change)],
      notes: ['pods that run under the other cgroup driver do not survive the change: drain the node first'],
      failures: [],
    }
  },
}

export type KubeletChange =
  | { readonly ok: true; readonly change: FileChange | undefined }
  | { readonly ok: false; readonly failure: Failure }

/** The configuration file as it is and as it should be; no change where there is none or it already says so. */
export function kubeletChange(facts: Facts, config: NodeConfig): KubeletChange {
  const path = config.kubelet.configPath
  const { config: before } = facts.kubelet
  if (!before.isThere) {
    const failure = unreadable(path, before)
    return failure === undefined ? { ok: true, change: undefined } : { ok: false, failure }
  }
  const edited = editKubeletConfig(path, before.text, cgroupDriver(facts, config).value)
  if (!edited.ok) return edited
  if (edited.text === before.text) return { ok: true, change: undefined }
  return { ok: true, change: { path, before, after: edited.text, directoryExists: true } }
}

type KubeletEdit =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly failure: Failure }

/**
 * Only the value is replaced, or one line added: a YAML library that writes the document anew would keep comments, but
 * not the operator's indentation and quotes.
 */
export function editKubeletConfig(file: string, text: string, driver: CgroupDriver): KubeletEdit {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, keepSourceTokens: true })
  const [error] = document.errors
  if (error !== undefined) {
    const { line, col: column } = lines.linePos(error.pos[0])
    const message = error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? ''
    return { ok: false, failure: { reason: 'config-unreadable', file, line, column, message } }
  }
  const current: unknown = document.toJS()
  if (typeof current !== 'object' || current === null || Array.isArray(current)) {
    const message = 'a KubeletConfiguration is expected, a mapping of fields'
    return { ok: false, failure: { reason: 'config-unreadable', file, line: 1, column: 1, message } }
  }
  if ('cgroupDriver' in current && current.cgroupDriver === driver) return { ok: true, text }
  const node = document.get('cgroupDriver', true)
  const range = isNode(node) ? node.range : undefined
  if (range) {
    const space = text[range[0] - 1] === ':' ? ' ' : ''
    return { ok: true, text: text.slice(0, range[0]) + space + driver + text.slice(range[1]) }
  }
  const end = document.contents?.range?.[1] ?? text.length
  const start = text.slice(0, end).replace(/\n*$/, '\n')
  return { ok: true, text: `${start}cgroupDriver: ${driver}\n${text.slice(end)}` }
}

/** Flags win over the file; those of dockershim are no more since 1.24. */
function flagFailures(facts: Facts, config: NodeConfig, driver: CgroupDriver): readonly Failure[] {
  const version = kubernetesVersion(facts, config)
  const isWithoutDockershim = version !== undefined && minorVersion(version) >= 24
  return facts.kubelet.flags.flatMap((flag): readonly Failure[] => {
    const { name, value, file, line } = flag
    const text = value === '' ? `--${name}` : `--${name}=${value}`
    if (isWithoutDockershim && isDockershim(flag)) {
      return [{ reason: 'dockershim', file, line, flag: text, kubernetesVersion: version }]
    }
    if (name !== 'cgroup-driver' || value === driver) return []
    return [{ reason: 'kubelet-driver-flag', file, line, flag: text, wanted: driver }]
  })
}

/** The flags that went with dockershim in 1.24, and its socket (CHANGELOG-1.24, "Removal of Dockershim"). */
function isDockershim({ name, value }: KubeletFlag): boolean {
  if (name === 'container-runtime') return value === 'docker'
  if (name.endsWith('-endpoint')) return value.includes('dockershim')
  return DOCKERSHIM_FLAGS.has(name)
}

const DOCKERSHIM_FLAGS: ReadonlySet<string> = new Set([
  'cni-bin-dir',
  'cni-cache-dir',
  'cni-conf-dir',
  'docker-endpoint',
  'image-pull-progress-deadline',
  'network-plugin',
  'network-plugin-mtu',
])

function unconfigured(facts: Facts, config: NodeConfig, driver: CgroupDriver): string {
  const version = kubernetesVersion(facts, config)
  const isDefault = driver === 'systemd' && (version === undefined || minorVersion(version) >= 22)
  const file = `the kubelet has no ${config.kubelet.configPath} yet`
  if (isDefault) return `${file}: kubeadm writes it, with the cgroup driver systemd`
  return `${file}: kubeadm must be told to write cgroupDriver: ${driver} (KubeletConfiguration)`
}
