import { Unsimulated } from '../../src/host/host.ts'
import type { KubernetesRelease } from './release.ts'

/** What of the kubelet's command line is looked at. */
export interface KubeletFlags {
  readonly values: ReadonlyMap<string, string>
}

/** A command line that the kubelet does not take. */
export class KubeletFlagError extends Error {
  override readonly name = 'KubeletFlagError'
}

/** Flags that are gone, with the minor version since which they are: CHANGELOG of the release. */
const REMOVED: Readonly<Record<string, number>> = {
  'cni-bin-dir': 24,
  'cni-cache-dir': 24,
  'cni-conf-dir': 24,
  'container-runtime': 27,
  'docker-endpoint': 24,
  'image-pull-progress-deadline': 24,
  'network-plugin': 24,
  'network-plugin-mtu': 24,
}

/** Flags whose effect is modelled here, or lies beyond the start. */
const KNOWN: readonly string[] = [
  'bootstrap-kubeconfig',
  'cgroup-driver',
  'config',
  'container-runtime',
  'container-runtime-endpoint',
  'fail-swap-on',
  'hostname-override',
  'kubeconfig',
  'node-ip',
  'node-labels',
  'pod-infra-container-image',
  'protect-kernel-defaults',
  'register-with-taints',
  'v',
  'version',
]

/** pflag's parsing: `--name=value`, `--name value`, a boolean alone. */
export function parseKubeletFlags(words: readonly string[], release: KubernetesRelease): KubeletFlags {
  const values = new Map<string, string>()
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!word.startsWith('-')) throw new KubeletFlagError(`unknown command ${word}`)
    const [, name = '', value] = /^--?([^=]+)(?:=(.*))?$/s.exec(word) ?? []
    const since = REMOVED[name]
    if (since !== undefined && release.minor >= since)
      throw new KubeletFlagError(`failed to parse kubelet flag: unknown flag: --${name}`)
    if (!KNOWN.includes(name)) throw new Unsimulated('kubelet', `the flag --${name}`)
    const isBoolean = ['fail-swap-on', 'protect-kernel-defaults', 'version'].includes(name)
    values.set(name, value ?? (isBoolean ? 'true' : (rest.shift() ?? '')))
  }
  return { values }
}
