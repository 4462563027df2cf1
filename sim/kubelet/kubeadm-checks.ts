import { Unsimulated } from '../../src/host/host.ts'
import { strftime } from '../formats/strftime.ts'
import type { Process } from '../process.ts'
import { connectionFailure, criFailure } from './cri.ts'
import { type KubernetesRelease, releaseOf } from './release.ts'

/** What one check of the preflight found. */
export interface Finding {
  readonly name: string
  readonly warnings: readonly string[]
  readonly errors: readonly string[]
}

/** What the preflight is for. */
export interface PreflightTarget {
  readonly process: Process
  readonly release: KubernetesRelease
  readonly role: 'init' | 'join'
  readonly criSocket: string
}

const good = (name: string): Finding => ({ name, warnings: [], errors: [] })
const error = (name: string, ...errors: readonly string[]): Finding => ({ name, warnings: [], errors })
const warning = (name: string, ...warnings: readonly string[]): Finding => ({ name, warnings, errors: [] })

/** Minimum of a control plane: ControlPlaneNumCPU and ControlPlaneMem of cmd/kubeadm/app/constants. */
const [CONTROL_PLANE_CPUS, CONTROL_PLANE_MEGABYTES] = [2, 1700]

const MANIFESTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd']

/** InitNodeChecks() and JoinNodeChecks() of cmd/kubeadm/app/preflight/checks.go, in their order. */
export function* preflightChecks(target: PreflightTarget): Iterable<Finding> {
  const { process, role, release } = target
  if (role === 'init') {
    yield cpus(process)
    yield memory(process)
    for (const name of MANIFESTS) yield fileAvailable(process, `/etc/kubernetes/manifests/${name}.yaml`)
  } else {
    yield fileAvailable(process, '/etc/kubernetes/kubelet.conf')
    yield fileAvailable(process, '/etc/kubernetes/bootstrap-kubelet.conf')
  }
  yield* commonChecks(target)
  if (role === 'join') yield fileAvailable(process, '/etc/kubernetes/pki/ca.crt')
  // kubernetes#123464 took the checks of bridge-nf-call-* out in 1.30.
  if (release.minor < 30) yield fileContent(process, '/proc/sys/net/bridge/bridge-nf-call-iptables')
  yield fileContent(process, '/proc/sys/net/ipv4/ip_forward')
  if (role === 'init') yield directoryAvailable(process, '/var/lib/etcd')
}

function* commonChecks(target: PreflightTarget): Iterable<Finding> {
  const { process, release } = target
  yield runtime(target)
  yield swap(process, release.minor)
  for (const [name, isMandatory] of executables(release.minor)) yield inPath(process, name, isMandatory)
  yield system(process, release.minor)
  yield hostname(process)
  yield kubeletVersion(target)
  yield service(process)
  yield kubeletPort(process)
}

function cpus(process: Process): Finding {
  const count = process.kernel.record.cpuCount
  if (count >= CONTROL_PLANE_CPUS) return good('NumCPU')
  return error(
    'NumCPU',
    `the number of available CPUs ${count} is less than the required ${CONTROL_PLANE_CPUS}`,
  )
}

function memory(process: Process): Finding {
  const megabytes = Math.floor(process.kernel.record.memTotalKiB / 1024)
  if (megabytes >= CONTROL_PLANE_MEGABYTES) return good('Mem')
  return error(
    'Mem',
    `the system RAM (${megabytes} MB) is less than the minimum ${CONTROL_PLANE_MEGABYTES} MB`,
  )
}

const dashed = (path: string): string => path.replaceAll('/', '-')

function fileAvailable(process: Process, path: string): Finding {
  const name = `FileAvailable-${dashed(path)}`
  return process.exists(path) ? error(name, `${path} already exists`) : good(name)
}

function directoryAvailable(process: Process, path: string): Finding {
  const name = `DirAvailable-${dashed(path)}`
  const isEmpty = !process.exists(path) || process.readdir(path).length === 0
  return isEmpty ? good(name) : error(name, `${path} is not empty`)
}

function fileContent(process: Process, path: string): Finding {
  const name = `FileContent-${dashed(path)}`
  if (!process.exists(path)) return error(name, `${path} does not exist`)
  return process.readText(path).startsWith('1')
    ? good(name)
    : error(name, `${path} contents are not set to 1`)
}

/** Up to 1.30 by crictl, whose words are passed on; since 1.31 by kubeadm itself. */
function runtime({ process, release, criSocket }: PreflightTarget): Finding {
  const failure = connectionFailure(process, criSocket, release.minor)
  if (failure === undefined) return good('CRI')
  const rest = criFailure(process, criSocket, release.minor)
  if (release.minor >= 31 || release.minor < 26)
    throw new Unsimulated(
      'kubeadm',
      `a runtime that does not answer with kubeadm 1.${release.minor}: ${rest}`,
    )
  const time = strftime('%Y-%m-%dT%H:%M:%SZ', process.clock.realtimeSeconds)
  const output = `time="${time}" level=fatal msg="${failure.replaceAll('"', '\\"')}"\n`
  return error('CRI', `container runtime is not running: output: ${output}, error: exit status 1`)
}

/** The words of 1.24, of kubernetes#120198 (1.29) and of kubernetes#125157 (1.31). */
function swap(process: Process, minor: number): Finding {
  if (process.readText('/proc/swaps').trim().split('\n').length <= 1) return good('Swap')
  if (minor >= 31)
    return warning(
      'Swap',
      'swap is supported for cgroup v2 only. The kubelet must be properly configured to use swap. Please refer to https://kubernetes.io/docs/concepts/architecture/nodes/#swap-memory, or disable swap on the node',
    )
  if (minor >= 29)
    return warning(
      'Swap',
      'swap is supported for cgroup v2 only; the NodeSwap feature gate of the kubelet is beta but disabled by default',
    )
  return warning(
    'Swap',
    'swap is enabled; production deployments should disable swap unless testing the NodeSwap feature gate of the kubelet',
  )
}

/**
 * addExecChecks() of checks_linux.go: conntrack, ebtables and socat went in 1.32 (kubernetes#126953, #127151), ip, iptables,
 * ethtool and tc in 1.33 (kubernetes#129131), crictl in 1.31, when kubeadm began to speak CRI itself.
 */
function executables(minor: number): readonly (readonly [name: string, isMandatory: boolean])[] {
  return (
    [
      ['crictl', true, 31],
      ['conntrack', true, 32],
      ['ip', true, 33],
      ['iptables', true, 33],
      ['mount', true, 99],
      ['nsenter', true, 99],
      ['ebtables', false, 32],
      ['ethtool', false, 33],
      ['socat', false, 32],
      ['tc', false, 33],
      ['touch', false, 99],
    ] as const
  ).flatMap(([name, isMandatory, until]) => (minor < until ? [[name, isMandatory] as const] : []))
}

function inPath(process: Process, program: string, isMandatory: boolean): Finding {
  const name = `FileExisting-${program}`
  if (process.which(program) !== undefined) return good(name)
  const text = `${program} not found in system path`
  return isMandatory ? error(name, text) : warning(name, text)
}

/** The controllers that system-validators requires of cgroup v2. */
const REQUIRED = ['cpu', 'cpuset', 'memory', 'pids']

/** The kernel's configuration is read where a kernel package put it; without one the check does more than is modelled. */
function system(process: Process, minor: number): Finding {
  const config = `/boot/config-${process.kernel.record.release}`
  const controllers = '/sys/fs/cgroup/cgroup.controllers'
  if (!process.exists(config)) throw new Unsimulated('kubeadm', `SystemVerification without ${config}`)
  if (!process.exists(controllers))
    throw new Unsimulated('kubeadm', `SystemVerification of 1.${minor} on cgroup v1`)
  const there = process.readText(controllers).trim().split(' ')
  const missing = REQUIRED.filter(name => !there.includes(name))
  if (missing.length > 0)
    throw new Unsimulated('kubeadm', `SystemVerification without the controllers ${missing.join(', ')}`)
  return there.includes('hugetlb')
    ? good('SystemVerification')
    : warning('SystemVerification', 'missing optional cgroups: hugetlb')
}

function hostname(process: Process): Finding {
  const name = process.kernel.uts.value.nodename
  const known = process
    .readText('/etc/hosts')
    .split('\n')
    .some(line => line.replace(/#.*/, '').split(/\s+/).slice(1).includes(name))
  if (!known) throw new Unsimulated('kubeadm', `looking up the host name ${name}, which is not in /etc/hosts`)
  return good('Hostname')
}

function kubeletVersion({ process, release }: PreflightTarget): Finding {
  if (process.which('kubelet') === undefined)
    return error(
      'KubeletVersion',
      `couldn't get kubelet version: cannot execute 'kubelet --version': executable file not found in $PATH`,
    )
  const installed = releaseOf(process, 'kubelet')
  const plain = (version: string): string => version.replace(/^v/, '')
  if (installed.minor > release.minor)
    return error(
      'KubeletVersion',
      `the kubelet version is higher than the control plane version. This is not a supported version skew and may lead to a malfunctional cluster. Kubelet version: "${plain(installed.version)}" Control plane version: "${plain(release.version)}"`,
    )
  return good('KubeletVersion')
}

function service(process: Process): Finding {
  const state = process.system.bus.systemd.unitFileState('kubelet.service')
  if (state === undefined) return warning('Service-Kubelet', 'kubelet service does not exist')
  if (/^enabled/.test(state)) return good('Service-Kubelet')
  return warning(
    'Service-Kubelet',
    "kubelet service is not enabled, please run 'systemctl enable kubelet.service'",
  )
}

/** A kubelet that runs has its port. */
function kubeletPort(process: Process): Finding {
  const { ActiveState } = process.system.bus.systemd.properties('kubelet.service')
  return ActiveState === 'active' ? error('Port-10250', 'Port 10250 is in use') : good('Port-10250')
}
