import type { Phase } from '../phase.ts'
import { containerd } from './containerd.ts'
import { kernelModules } from './kernel-modules.ts'
import { kubelet } from './kubelet.ts'
import { services } from './services.ts'
import { sysctl } from './sysctl.ts'

/** All phases, in their order: a sysctl can need a module, and a service is restarted when its files are written. */
export const phases: readonly Phase[] = [kernelModules, sysctl, containerd, kubelet, services]
