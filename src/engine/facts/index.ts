import { cgroups } from './cgroups.ts'
import { containerd } from './containerd.ts'
import { containerdDaemon } from './containerd-daemon.ts'
import type { Fact } from './fact.ts'
import { kernel } from './kernel.ts'
import { kernelModules } from './kernel-modules.ts'
import { kubelet } from './kubelet.ts'
import { modulesLoad } from './modules-load.ts'
import { osRelease } from './os-release.ts'
import { stamps } from './stamps.ts'
import { sysctl } from './sysctl.ts'
import { sysctlFiles } from './sysctl-files.ts'
import { unitFiles } from './unit-files.ts'
import { units } from './units.ts'
import { user } from './user.ts'

/** Everything that the engine knows of a host. */
export const facts = {
  user,
  osRelease,
  kernel,
  kernelModules,
  modulesLoad,
  sysctl,
  sysctlFiles,
  cgroups,
  containerd,
  containerdDaemon,
  kubelet,
  units,
  unitFiles,
  stamps,
} as const

export type FactName = keyof typeof facts

type ValueOf<F> = F extends Fact<infer T> ? T : never

/** The values of all facts, by name. */
export type Facts = { readonly [N in FactName]: ValueOf<(typeof facts)[N]> }
