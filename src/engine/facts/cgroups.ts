import type { Fact } from './fact.ts'
import { contentLines, textOf } from './replies.ts'

/** How cgroups are mounted: v2 alone, v1 with a v2 tree for systemd's own use, or v1. */
export interface Cgroups {
  readonly mode: 'unified' | 'hybrid' | 'legacy' | 'none'
}

export const cgroups: Fact<Cgroups> = {
  name: 'cgroups',
  requests: () => [{ kind: 'read', path: '/proc/self/mountinfo' }],
  parse: ([reply]) => {
    const mounts = contentLines(textOf(reply) ?? '').map(line => mountOf(line.text))
    const v2 = mounts.filter(mount => mount.fstype === 'cgroup2')
    if (v2.some(mount => mount.target === '/sys/fs/cgroup')) return { mode: 'unified' }
    const hasV1 = mounts.some(mount => mount.fstype === 'cgroup')
    return { mode: hasV1 ? (v2.length > 0 ? 'hybrid' : 'legacy') : 'none' }
  },
}

/** The fifth field is the mount point; the type follows the `-` that ends the optional fields: proc(5). */
function mountOf(line: string): { target: string; fstype: string } {
  const fields = line.split(' ')
  return { target: fields[4] ?? '', fstype: fields[fields.indexOf('-', 6) + 1] ?? '' }
}
