import type { ErrnoName } from '../../host/errno.ts'
import type { Fact } from './fact.ts'
import { fileState } from './replies.ts'

/** What the kernel says of a sysctl key of the configuration. */
export interface SysctlFact {
  readonly key: string
  readonly path: string
  /** With every run of blanks as one space; undefined when it cannot be read. */
  readonly value?: string
  readonly errno?: ErrnoName
}

export const sysctl: Fact<readonly SysctlFact[]> = {
  name: 'sysctl',
  requests: config => Object.keys(config.sysctls).map(key => ({ kind: 'read', path: sysctlPath(key) })),
  parse: (replies, config) =>
    Object.keys(config.sysctls).map((key, i) => {
      const state = fileState(replies[i])
      const path = sysctlPath(key)
      return state.isThere ? { key, path, value: sysctlValue(state.text) } : { key, path, errno: state.errno }
    }),
}

/** A value as it is compared: the kernel prints tabs between numbers, people write spaces. */
export const sysctlValue = (text: string): string => text.trim().replace(/\s+/g, ' ')

/** Where a key is below /proc/sys. */
export const sysctlPath = (key: string): string => `/proc/sys/${normalizeSysctlKey(key)}`

/**
 * A key with slashes between its parts. When the first separator is a slash the key already is a path; when it is a
 * dot, dots and slashes change places, so that `net.ipv4.conf.eth0/100.forwarding` names the interface eth0.100
 * (sysctl.d(5); systemd's sysctl_normalize, procps' slashdot).
 */
export function normalizeSysctlKey(key: string): string {
  if (/[./]/.exec(key)?.[0] !== '.') return key
  return key.replace(/[./]/g, separator => (separator === '.' ? '/' : '.'))
}
