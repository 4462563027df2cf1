import { agreement } from './agreement.ts'
import type { Checker } from './check.ts'
import { containerd } from './containerd.ts'
import { kernel } from './kernel.ts'
import { reboot } from './reboot.ts'

/** All checks, in the order in which a person reads them. */
export const checks: readonly Checker[] = [kernel, containerd, agreement, reboot]
