import type { Fact } from './fact.ts'
import { textOf } from './replies.ts'

/** The running kernel. */
export interface KernelFact {
  /** As uname(2) has it; names the module directory. */
  readonly release: string
  /** The process name of PID 1: `systemd`. */
  readonly init: string
}

export const kernel: Fact<KernelFact> = {
  name: 'kernel',
  requests: () => [
    { kind: 'read', path: '/proc/sys/kernel/osrelease' },
    { kind: 'read', path: '/proc/1/comm' },
  ],
  parse: ([release, init]) => ({
    release: textOf(release)?.trim() ?? 'unknown',
    init: textOf(init)?.trim() ?? 'unknown',
  }),
}
