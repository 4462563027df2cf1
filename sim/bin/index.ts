import type { Program } from '../process.ts'
import { containerd } from './containerd.ts'
import { ctr } from './ctr.ts'
import { journalctl } from './journalctl.ts'
import { kmod } from './kmod.ts'
import { runc } from './runc.ts'
import { sysctl } from './sysctl.ts'
import { systemctl } from './systemctl.ts'
import { systemdDetectVirt } from './systemd-detect-virt.ts'
import { systemdModulesLoad } from './systemd-modules-load.ts'
import { systemdSysctl } from './systemd-sysctl.ts'

/** Programs by base name: of the real path of what was executed, or of the name it was called by. */
export const programs: Readonly<Record<string, Program>> = {
  containerd,
  ctr,
  journalctl,
  kmod,
  runc,
  sysctl,
  systemctl,
  'systemd-detect-virt': systemdDetectVirt,
  'systemd-modules-load': systemdModulesLoad,
  'systemd-sysctl': systemdSysctl,
}
