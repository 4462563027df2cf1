import type { ModuleFact } from '../facts/kernel-modules.ts'
import type { SysctlFact } from '../facts/sysctl.ts'
import { sysctlValue } from '../facts/sysctl.ts'
import { type Checker, check } from './check.ts'

/** Modules and sysctls, as `lsmod` and `sysctl` would show them. */
export const kernel: Checker = (facts, config) => [
  ...facts.kernelModules.map(module =>
    check(`the kernel has ${module.name}`, module.hasEffect || module.source === 'builtin', whence(module)),
  ),
  ...facts.sysctl.map(fact => {
    const wanted = config.sysctls[fact.key] ?? ''
    return check(`${fact.key} is ${wanted}`, fact.value === sysctlValue(wanted), seen(fact))
  }),
]

function whence({ isLive, source, hasEffect }: ModuleFact): string {
  if (isLive) return 'live in /proc/modules'
  if (source === 'builtin') return 'compiled in'
  return hasEffect ? 'not in /proc/modules, but its effect is there' : 'neither live nor compiled in'
}

const seen = ({ path, value, errno }: SysctlFact): string =>
  value === undefined ? `${path}: ${errno}` : `${path} holds ${value}`
