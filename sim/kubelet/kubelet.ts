import { parse } from 'yaml'
import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { connectionFailure } from './cri.ts'
import { klogError } from './klog.ts'
import { KubeletFlagError, type KubeletFlags, parseKubeletFlags } from './kubelet-flags.ts'
import { type KubernetesRelease, releaseOf } from './release.ts'

/** Why a kubelet ends. */
class StartFailure extends Error {
  override readonly name = 'StartFailure'
}

/**
 * kubelet(1) until it runs: what it refuses to start for, in the order of cmd/kubelet/app/server.go. What it does afterwards,
 * pods and the API server, is not modelled; it stays.
 */
export function* kubelet(process: Process): Blocking<number> {
  const release = releaseOf(process, 'kubelet')
  try {
    const flags = parseKubeletFlags(process.argv.slice(1), release)
    if (flags.values.get('version') === 'true') {
      process.print(`Kubernetes ${release.version}\n`)
      return 0
    }
    start(process, flags, release)
  } catch (error) {
    if (!(error instanceof StartFailure) && !(error instanceof KubeletFlagError)) throw error
    // k8s.io/component-base/cli/run.go lost two lines when it no longer seeded math/rand.
    const place = `run.go:${release.minor >= 31 ? 72 : 74}`
    klogError(process, place, { message: 'command failed', err: error.message })
    return 1
  }
  return yield* process.park({ exitCodeOnTerm: 0 })
}

function start(process: Process, flags: KubeletFlags, release: KubernetesRelease): void {
  const { minor } = release
  const given = flags.values.get('container-runtime-endpoint') ?? ''
  if (minor < 27 && given === '')
    throw new StartFailure(
      'failed to validate kubelet flags: the container runtime endpoint address was not specified or empty, use --container-runtime-endpoint to set',
    )
  const config = readConfig(process, flags, release)
  const setting = (flag: string, field: string): unknown => flags.values.get(flag) ?? config[field]
  const fail = (why: string): never => {
    throw new StartFailure(`failed to run Kubelet: ${why}`)
  }
  if (config.failCgroupV1 === true && minor >= 31 && !isUnified(process))
    throw new StartFailure(
      'failed to validate kubelet configuration, error: kubelet is configured to not run on a host using cgroup v1. cgroup v1 support is in maintenance mode',
    )
  const bootstrap = flags.values.get('bootstrap-kubeconfig')
  const kubeconfig = flags.values.get('kubeconfig')
  if (bootstrap && !(kubeconfig && process.exists(kubeconfig)) && !process.exists(bootstrap))
    fail(`unable to load bootstrap kubeconfig: stat ${bootstrap}: no such file or directory`)
  const endpoint =
    given || String(config.containerRuntimeEndpoint || 'unix:///run/containerd/containerd.sock')
  const steps = [
    () => connectionFailure(process, endpoint, minor),
    () =>
      String(setting('fail-swap-on', 'failSwapOn') ?? true) === 'true' ? swapFailure(process) : undefined,
  ]
  // Since KubeletCgroupDriverFromCRI (1.28) the runtime is asked before the container manager is made.
  for (const step of minor >= 28 ? steps : steps.reverse()) {
    const failure = step()
    if (failure !== undefined) fail(failure)
  }
  if (String(setting('protect-kernel-defaults', 'protectKernelDefaults') ?? false) === 'true')
    checkTunables(process)
}

function readConfig(
  process: Process,
  flags: KubeletFlags,
  { minor }: KubernetesRelease,
): Readonly<Record<string, unknown>> {
  const path = flags.values.get('config')
  if (path === undefined) return {}
  if (!process.exists(path)) {
    const why = `failed to load Kubelet config file ${path}, error failed to read kubelet config file "${path}", error: open ${path}: no such file or directory`
    throw new StartFailure(
      minor >= 28
        ? `failed to load kubelet config file, path: ${path}, error: ${why}`
        : `failed to load kubelet config file, error: ${why}, path: ${path}`,
    )
  }
  const value: unknown = parse(process.readText(path))
  if (
    !isRecord(value) ||
    value.kind !== 'KubeletConfiguration' ||
    value.apiVersion !== 'kubelet.config.k8s.io/v1beta1'
  )
    throw new Unsimulated(
      'kubelet',
      `${path}, which is no KubeletConfiguration of kubelet.config.k8s.io/v1beta1`,
    )
  return value
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isUnified = (process: Process): boolean => process.exists('/sys/fs/cgroup/cgroup.controllers')

/** NewContainerManager() of pkg/kubelet/cm/container_manager_linux.go. */
function swapFailure(process: Process): string | undefined {
  const lines = process.readText('/proc/swaps').trim().split('\n')
  if (lines.length <= 1) return undefined
  return `running with swap on is not supported, please disable swap! or set --fail-swap-on flag to false. /proc/swaps contained: [${lines.join(' ')}]`
}

/** setupKernelTunables(): with protectKernelDefaults the kubelet changes nothing and refuses other values. */
const TUNABLES: readonly (readonly [string, number])[] = [
  ['vm/overcommit_memory', 1],
  ['vm/panic_on_oom', 0],
  ['kernel/panic', 10],
  ['kernel/panic_on_oops', 1],
  ['kernel/keys/root_maxkeys', 1_000_000],
  ['kernel/keys/root_maxbytes', 25_000_000],
]

function checkTunables(process: Process): void {
  const wrong = TUNABLES.flatMap(([key, expected]) => {
    const actual = Number(process.readText(`/proc/sys/${key}`))
    return actual === expected
      ? []
      : [`invalid kernel flag: ${key}, expected value: ${expected}, actual value: ${actual}`]
  })
  if (wrong.length === 0) return
  throw new StartFailure(
    `Failed to start ContainerManager: ${wrong.length > 1 ? `[${wrong.join(', ')}]` : wrong[0]}`,
  )
}
