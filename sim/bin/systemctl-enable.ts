import { Unsimulated } from '../../src/host/host.ts'
import type { UnitFileChange } from '../bus.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { isUtf8, type SystemctlCall } from './systemctl-call.ts'
import { runJobs } from './systemctl-jobs.ts'

/** Verbs that make links or take them away. */
export type FileVerb = 'enable' | 'reenable' | 'disable' | 'mask' | 'unmask' | 'preset'

/** verb_enable() of src/systemctl/systemctl-enable.c. */
export function* changeFiles(call: SystemctlCall, verb: FileVerb): Blocking<number> {
  const { process, systemd, options } = call
  const { words } = systemd.release
  if (verb === 'enable' || verb === 'reenable') {
    const refused = linkPaths(call, verb)
    if (refused !== undefined) return refused
  }
  const units = call.names.map(name => systemd.fullName(name.slice(name.lastIndexOf('/') + 1)))
  for (const unit of units) {
    if (systemd.unitFileState(unit) !== undefined) continue
    if (verb === 'mask' || verb === 'unmask')
      process.complain(`Unit ${unit} does not exist, proceeding anyway.\n`)
    else return refuseChange(process, verb, words.noUnitFile(unit))
  }
  const masked = units.find(unit => /^masked/.test(systemd.unitFileState(unit) ?? ''))
  if (masked !== undefined && (verb === 'enable' || verb === 'reenable')) {
    const path = systemd.properties(masked).FragmentPath || `/etc/systemd/system/${masked}`
    return refuseChange(process, verb, words.masked(path))
  }
  const changes = changesOf(call, verb, units)
  const inTheWay = changes.find(({ kind }) => kind === 'exists')
  if (inTheWay !== undefined) return refuseChange(process, verb, words.exists(inTheWay.path))
  if (!options.has('quiet')) {
    tell(process, changes)
    if (changes.every(({ kind }) => kind === 'masked') && isHintWanted(call, verb, units))
      process.complain(words.noInstallSection)
  }
  if (!options.has('now') || ['reenable', 'unmask', 'preset'].includes(verb)) return 0
  return yield* runJobs(call, verb === 'enable' ? 'start' : 'stop')
}

/** What carries no [Install] section was not meant for this. */
function isHintWanted({ systemd }: SystemctlCall, verb: FileVerb, units: readonly string[]): boolean {
  const isStatic = (unit: string): boolean => {
    const state = systemd.unitFileState(unit) ?? ''
    return state === 'static' || (verb === 'disable' && /^masked/.test(state))
  }
  if (verb === 'disable') return systemd.release.hintsAtDisable && units.every(isStatic)
  return (verb === 'enable' || verb === 'reenable') && units.every(isStatic)
}

function changesOf(
  { systemd, options }: SystemctlCall,
  verb: FileVerb,
  units: readonly string[],
): readonly UnitFileChange[] {
  const isRuntime = options.has('runtime')
  if (verb === 'mask' || verb === 'unmask') return systemd[verb](units, isRuntime)
  if (verb === 'preset') return systemd.preset(units)
  if (isRuntime) throw new Unsimulated('systemctl', `${verb} --runtime`)
  if (verb !== 'reenable') return systemd[verb](units)
  return [...systemd.disable(units), ...systemd.enable(units)]
}

function refuseChange(process: Process, verb: FileVerb | 'link', reason: string): number {
  process.complain(`Failed to ${verb} unit: ${reason}\n`)
  return 1
}

/** install_changes_dump() of src/shared/install.c. */
function changeWords(process: Process, { kind, path, target }: UnitFileChange): string {
  if (kind === 'masked') return `Unit ${path} is masked, ignoring.\n`
  return kind === 'symlink'
    ? `${process.system.bus.systemd.release.words.linked(path, arrow(process), target)}\n`
    : `${process.system.bus.systemd.release.words.removed(path)}\n`
}

/** special_glyph(): an arrow where the locale has UTF-8. */
const arrow = (process: Process): string => (isUtf8(process) ? '→' : '->')

/** Units that are named by a path outside the search path are linked there first. */
function linkPaths(call: SystemctlCall, verb: 'enable' | 'reenable' | 'link'): number | undefined {
  const { process, systemd } = call
  const paths = call.names.filter(name => name.includes('/'))
  const missing = paths.find(path => !process.exists(path))
  if (missing !== undefined) return refuseChange(process, verb, systemd.release.words.noUnitFile(missing))
  const relative = paths.find(path => !path.startsWith('/'))
  if (relative !== undefined) throw new Unsimulated('systemctl', `${verb} ${relative}`)
  if (!call.options.has('quiet')) tell(process, systemd.link(paths))
  else systemd.link(paths)
  return undefined
}

function tell(process: Process, changes: readonly UnitFileChange[]): void {
  for (const change of changes) process.complain(changeWords(process, change))
}

/** `systemctl link`. */
export function link(call: SystemctlCall): number {
  const bare = call.names.find(name => !name.includes('/'))
  if (bare !== undefined) {
    call.process.complain(`${call.systemd.release.words.noPath(bare)}\n`)
    return 1
  }
  return linkPaths(call, 'link') ?? 0
}

/** `systemctl set-default`. */
export function setDefault({ process, systemd, names, options }: SystemctlCall): number {
  const [name = ''] = names
  const target = /\.\w+$/.test(name) ? name : `${name}.target`
  if (systemd.unitFileState(target) === undefined) {
    process.complain(`Failed to set default target: ${systemd.release.words.noUnitFile(target)}\n`)
    return 1
  }
  const changes = systemd.setDefault(target)
  if (!options.has('quiet')) tell(process, changes)
  return 0
}

/** `systemctl add-wants` and `add-requires`. */
export function addDependency(call: SystemctlCall, kind: 'wants' | 'requires'): number {
  const { process, systemd } = call
  const [target = '', ...units] = call.names.map(name => systemd.fullName(name))
  const missing = [...units, target].find(unit => systemd.unitFileState(unit) === undefined)
  if (missing !== undefined) {
    process.complain(`Failed to add dependency: ${systemd.release.words.noUnitFile(missing)}\n`)
    return 1
  }
  tell(process, systemd.addDependency(kind, target, units))
  return 0
}
