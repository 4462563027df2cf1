import type { Settings } from './settings.ts'
import type { UnitPath } from './unit-path.ts'

const DEPENDENCIES = [
  'Requires',
  'Requisite',
  'Wants',
  'BindsTo',
  'PartOf',
  'Upholds',
  'Conflicts',
  'Before',
  'After',
  'OnFailure',
  'OnSuccess',
  'PropagatesReloadTo',
  'ReloadPropagatedFrom',
  'PropagatesStopTo',
  'StopPropagatedFrom',
]

/** Unit names by kind: what the files say, links in NAME.wants and NAME.requires, and what the type brings by itself. */
export function unitDependencies(
  id: string,
  settings: Settings,
  path: UnitPath,
): Readonly<Record<string, readonly string[]>> {
  const named = Object.fromEntries(DEPENDENCIES.map(kind => [kind, settings.words('Unit', kind)]))
  const add = (kind: string, ...names: readonly string[]): void => {
    named[kind] = [...new Set([...(named[kind] ?? []), ...names])]
  }
  add('Wants', ...path.linked(id, 'wants'))
  add('Requires', ...path.linked(id, 'requires'))
  if (settings.boolean('Unit', 'DefaultDependencies', true)) addDefaults(id, add)
  return Object.fromEntries(Object.entries(named).filter(([, names]) => names.length > 0))
}

/** DefaultDependencies= of systemd.service(5) and systemd.target(5). */
function addDefaults(id: string, add: (kind: string, ...names: readonly string[]) => void): void {
  const type = id.slice(id.lastIndexOf('.') + 1)
  if (type === 'mount') {
    add('Conflicts', 'umount.target')
    add('Before', 'umount.target', 'local-fs.target')
    add('After', 'local-fs-pre.target')
    return
  }
  if (type !== 'target' && type !== 'service') return
  add('Conflicts', 'shutdown.target')
  add('Before', 'shutdown.target')
  if (type === 'target') return
  add('Requires', 'sysinit.target', 'system.slice')
  add('After', 'sysinit.target', 'basic.target', 'system.slice')
}
