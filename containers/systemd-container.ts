import { EnvironmentMissing } from './environment-missing.ts'
import type { Release } from './release.ts'

/** `unified` is a cgroup v2 of the container's own; `machine` the hierarchy that the engine's machine mounts. */
export type CgroupHierarchy = 'unified' | 'machine'

/**
 * What systemd and containerd need short of `--privileged`, which fails on a machine whose root lacks one capability
 * (CAP_SYS_RESOURCE in many sandboxes).
 */
export const CAPABILITIES: readonly string[] =
  `AUDIT_CONTROL AUDIT_READ BLOCK_SUSPEND DAC_READ_SEARCH IPC_LOCK IPC_OWNER LEASE LINUX_IMMUTABLE
  MAC_ADMIN MAC_OVERRIDE NET_ADMIN NET_BROADCAST SYSLOG SYS_ADMIN SYS_BOOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE
  SYS_RAWIO SYS_TIME SYS_TTY_CONFIG WAKE_ALARM`.split(/\s+/)

export const SECURITY_OPTIONS: readonly string[] = ['seccomp=unconfined', 'apparmor=unconfined']

export const TMPFS: Readonly<Record<string, string>> = {
  '/run': 'rw,nosuid,nodev,mode=755',
  '/run/lock': 'rw,nosuid,nodev,noexec',
  '/tmp': 'rw,nosuid,nodev',
}

/** halt.target (systemd(1), SIGNALS). */
export const STOP_SIGNAL = 'SIGRTMIN+3'

/** Without a name server of its own a container gets the machine's resolv.conf. */
export const NAME_SERVER = '127.0.0.1'

/**
 * What makes a container's cgroups writable before systemd takes over as PID 1. Both stay in its own cgroup namespace: with
 * the machine's `/sys/fs/cgroup` bound in, systemd finds itself at `/../..` there, makes its slices at the machine's
 * root, which nobody removes, and journald of systemd 257 does not start (recorded).
 */
export const INIT: Readonly<Record<CgroupHierarchy, string>> = {
  unified: 'umount -R /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec /sbin/init',
  machine: `for mount in $(sed -n 's#^[^ ]* \\(/sys/fs/cgroup[^ ]*\\) .*#\\1#p' /proc/mounts); do
    mount -o remount,bind,rw "$mount" || exit
  done; exec /sbin/init`,
}

/** Waits for the private socket of PID 1, then for the end of its boot; prints its state. */
export const SETTLE =
  'until [ -S /run/systemd/private ]; do sleep 0.05; done; systemctl is-system-running --wait'

/** Releases whose systemd refuses to run on cgroup v1, with its version (systemd NEWS, "CHANGES WITH 258"). */
const WITHOUT_V1: Readonly<Record<string, string>> = { 'debian-14': '262' }

/** Throws where a release cannot boot on the machine's hierarchy; `version` is the engine's `CgroupVersion`. */
export function assertCgroup(release: Release, hierarchy: CgroupHierarchy, version: string): void {
  const systemd = WITHOUT_V1[release.name]
  if (hierarchy !== 'machine' || version !== '1' || systemd === undefined) return
  throw new EnvironmentMissing(
    `${release.name} cannot run on this machine's cgroup v1: its systemd ${systemd} refuses it; start it with cgroup v2 (the default)`,
  )
}
