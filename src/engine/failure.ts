import type { CgroupDriver } from '../config/node-config.ts'
import type { ErrnoName } from '../host/errno.ts'
import { strerror } from '../host/errno.ts'
import type { HostErrorReason } from '../host/host.ts'

/** Everything that can go wrong through the host or its operator. What only our own bug can cause is thrown instead. */
export type Failure =
  | {
      readonly reason: 'host-unreachable'
      readonly host: string
      readonly transport: HostErrorReason
      readonly message: string
    }
  | { readonly reason: 'interrupted'; readonly host: string }
  | { readonly reason: 'not-root'; readonly user: string }
  | { readonly reason: 'init-unsupported'; readonly init: string; readonly unit: string }
  | { readonly reason: 'program-missing'; readonly program: string; readonly neededFor: string }
  | { readonly reason: 'file-unreadable'; readonly file: string; readonly errno: ErrnoName }
  | {
      readonly reason: 'config-unreadable'
      readonly file: string
      readonly line: number
      readonly column: number
      readonly message: string
    }
  | {
      readonly reason: 'module-missing'
      readonly module: string
      readonly directory: string
      readonly kernel: string
      /** The package that most likely holds it; undefined where the distribution is not known to us. */
      readonly package: string | undefined
    }
  | {
      readonly reason: 'module-blacklisted'
      readonly module: string
      readonly file: string
      readonly line: number
    }
  | {
      readonly reason: 'sysctl-overridden'
      readonly key: string
      readonly wanted: string
      readonly file: string
      readonly line: number
      /** The key that is assigned there, which can be a pattern or another name of the same switch. */
      readonly assignedKey: string
      readonly assigned: string
      readonly loaders: readonly SysctlLoader[]
    }
  | { readonly reason: 'sysctl-missing'; readonly key: string; readonly path: string }
  | { readonly reason: 'cgroup-driver-impossible'; readonly init: string }
  | { readonly reason: 'containerd-missing' }
  | {
      readonly reason: 'containerd-default-failed'
      readonly exitCode: number
      readonly stderr: string
    }
  | {
      readonly reason: 'containerd-config-version'
      readonly file: string
      readonly line: number
      readonly version: number
      readonly release: string
      readonly supported: readonly number[]
    }
  | {
      readonly reason: 'containerd-import-overrides'
      readonly file: string
      readonly line: number
      readonly key: string
      readonly wanted: string
      readonly found: string
    }
  | {
      readonly reason: 'containerd-config-elsewhere'
      readonly unit: string
      readonly unitConfig: string
      readonly configPath: string
    }
  | {
      readonly reason: 'kubelet-driver-flag'
      readonly file: string
      readonly line: number
      readonly flag: string
      readonly wanted: CgroupDriver
    }
  | {
      readonly reason: 'dockershim'
      readonly file: string
      readonly line: number
      readonly flag: string
      readonly kubernetesVersion: string
    }
  | { readonly reason: 'unit-masked'; readonly unit: string }
  | { readonly reason: 'unit-missing'; readonly unit: string }
  | { readonly reason: 'cri-plugin-not-ok'; readonly status: string }
  | { readonly reason: 'locked'; readonly lock: string }
  | { readonly reason: 'changed-meanwhile'; readonly path: string }
  | {
      readonly reason: 'write-refused'
      readonly step: string
      readonly path: string
      readonly errno: ErrnoName
      readonly rollback: Rollback
    }
  | {
      readonly reason: 'step-failed'
      readonly step: string
      readonly command: string
      readonly exitCode: number
      readonly isTimedOut: boolean
      readonly stderr: string
      readonly rollback: Rollback
    }
  | { readonly reason: 'not-converged'; readonly steps: readonly string[] }

export type SysctlLoader = 'sysctl --system' | 'systemd-sysctl'

/** What came of the requests that undo a step: there were none, all of them worked, or one did not. */
export type Rollback = 'none' | 'done' | 'failed'

type Of<R extends Failure['reason']> = Extract<Failure, { readonly reason: R }>

/** What happened, where, and what to do about it: one to three sentences for a person. */
export function describe(failure: Failure): string {
  const sentences = SENTENCES[failure.reason] as (failure: Failure) => string
  return sentences(failure)
}

const SENTENCES: { readonly [R in Failure['reason']]: (failure: Of<R>) => string } = {
  'host-unreachable': f =>
    `${f.host} cannot be reached (${f.transport}): ${asSentence(withoutPrefix(f.message, `${f.host}: `))}`,
  interrupted: f =>
    `Interrupted: ${f.host} may be between two steps. Run apply again, it takes up where this run stopped.`,
  'not-root': f =>
    `Setting up a node needs root, and the commands run as uid ${f.user}. Run as root or with sudo.`,
  'init-unsupported': f =>
    `${f.unit} is to be managed, but PID 1 is ${f.init} and not systemd. Start the host under systemd.`,
  'program-missing': f => `${f.program} is not on the host's PATH, and is needed ${f.neededFor}. Install it.`,
  'file-unreadable': f => `${f.file} cannot be read: ${strerror(f.errno)}.`,
  'config-unreadable': f =>
    `${f.file}, line ${f.line}, column ${f.column}: ${f.message}. Mend it or move it away; nothing was changed.`,
  'module-missing': f =>
    `The kernel module ${f.module} is neither compiled in nor below ${f.directory}, and its effect is not there. ` +
    `Install the modules of the running kernel ${f.kernel}${f.package === undefined ? '' : ` (package ${f.package})`}, ` +
    'or boot the kernel that the modules belong to.',
  'module-blacklisted': f =>
    `${f.file}, line ${f.line} blacklists the kernel module ${f.module}, so that it would not be loaded at boot. ` +
    'Remove that line.',
  'sysctl-overridden': f =>
    `${f.file}, line ${f.line} sets ${f.assignedKey} to ${f.assigned}, which wins over ${f.key} = ${f.wanted} ` +
    `in /etc/sysctl.d/k8s.conf under ${f.loaders.join(' and ')}. Remove that line or set it to ${f.wanted}.`,
  'sysctl-missing': f =>
    `The kernel has no ${f.path}, and none of the modules of the configuration brings ${f.key}. ` +
    'Correct the key, or add the module that it belongs to.',
  'cgroup-driver-impossible': f =>
    `The cgroup driver systemd needs systemd as PID 1, which is ${f.init} here: no container would start. ` +
    'Use cgroupDriver = "cgroupfs" or "auto".',
  'containerd-missing': () =>
    'containerd is not installed: there is no such program on PATH. Install it first.',
  'containerd-default-failed': f =>
    `containerd config default exited with ${f.exitCode}: ${f.stderr}. The installed containerd is damaged.`,
  'containerd-config-version': f =>
    `${f.file}, line ${f.line}: containerd ${f.release} does not read files of version ${f.version} ` +
    `(it reads ${f.supported.join(', ')}). Convert the file with "containerd config migrate", ` +
    'or have it made anew with containerd.config = "reset".',
  'containerd-import-overrides': f =>
    `${f.file}, line ${f.line} is imported and wins: ${f.key} would be ${f.found} instead of ${f.wanted}. ` +
    'Change or remove it there.',
  'containerd-config-elsewhere': f =>
    `${f.unit} starts containerd with ${f.unitConfig}, but ${f.configPath} is to be configured. ` +
    'Set containerd.configPath to the file that the unit names.',
  'kubelet-driver-flag': f =>
    `${f.file}, line ${f.line}: ${f.flag} wins over the kubelet's configuration file, and containerd is to use ` +
    `${f.wanted}. Remove the flag.`,
  dockershim: f =>
    `${f.file}, line ${f.line}: ${f.flag} sets the kubelet up for dockershim, which Kubernetes ${f.kubernetesVersion} ` +
    'does not have. Drain the node, remove the flag, set --container-runtime-endpoint=unix:///run/containerd/containerd.sock ' +
    "and the node's annotation kubeadm.alpha.kubernetes.io/cri-socket to the same, then restart the kubelet.",
  'unit-masked': f =>
    `${f.unit} is masked and cannot be started. Run "systemctl unmask ${f.unit}" if it is to run.`,
  'unit-missing': f => `systemd knows no ${f.unit}. Install the package that brings the unit.`,
  'cri-plugin-not-ok': f =>
    `containerd runs, but its CRI plugin is ${f.status}. "journalctl -u containerd" says why.`,
  locked: f => `Another run holds ${f.lock} on the host. Wait for it to end, then run again.`,
  'changed-meanwhile': f => `${f.path} was changed by somebody else while this run was planning. Run again.`,
  'write-refused': f =>
    `${capital(f.step)} failed: ${f.path}: ${strerror(f.errno)}. ${WRITE_REMEDY[f.errno] ?? ''}${ROLLBACK[f.rollback]}`.trim(),
  'step-failed': f =>
    `${capital(f.step)} failed: "${f.command}" ${f.isTimedOut ? 'took too long' : `exited with ${f.exitCode}`}` +
    `${f.stderr === '' ? '.' : `: ${f.stderr}`}${f.rollback === 'none' ? '' : ` ${ROLLBACK[f.rollback]}`}`,
  'not-converged': f =>
    `After all steps had run, the host still is not as it should be: ${f.steps.join('; ')}. ` +
    'Something on the host works against it, or this is a bug of Seatrial.',
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

const ROLLBACK: Readonly<Record<Rollback, string>> = {
  none: '',
  done: 'What was there before was put back.',
  failed: 'Putting back what was there before failed too.',
}

const WRITE_REMEDY: { readonly [E in ErrnoName]?: string } = {
  EROFS: 'Mount the file system writable. ',
  ENOSPC: 'Make room on the disk; the file is as it was. ',
  EDQUOT: 'Raise the disk quota; the file is as it was. ',
  EACCES: 'Run as root, and look for an immutable attribute or a security module. ',
  EPERM: 'Run as root, and look for an immutable attribute (lsattr) or a security module. ',
  EBUSY: 'The file is a mount of its own and cannot be replaced; change it where it is mounted from. ',
}

const withoutPrefix = (text: string, prefix: string): string =>
  text.startsWith(prefix) ? text.slice(prefix.length) : text

const asSentence = (text: string): string => (/[.?!]$/.test(text) ? text : `${text}.`)
