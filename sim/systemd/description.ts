import type { SystemdRelease } from '../formats/systemd-release.ts'
import { unescapePath } from './settings.ts'

/** Units that PID 1 makes for itself (unit_load() of slice.c, mount.c, scope.c). */
const SPECIAL: Readonly<Record<string, string>> = {
  '-.slice': 'Root Slice',
  'system.slice': 'System Slice',
  '-.mount': 'Root Mount',
  'init.scope': 'System and Service Manager',
}

/** What a unit is called of which no file says it: a mount by its place, a slice by its path, any other by its name. */
export function defaultDescription(id: string, release: SystemdRelease): string {
  const special = SPECIAL[id]
  if (special !== undefined) return special
  const stem = id.slice(0, id.lastIndexOf('.'))
  if (id.endsWith('.mount') || id.endsWith('.automount') || id.endsWith('.swap')) return unescapePath(stem)
  if (id.endsWith('.device')) return unescapePath(stem)
  return id.endsWith('.slice') && release.describesSlices ? `Slice ${unescapePath(stem)}` : id
}
