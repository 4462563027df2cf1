import { Unsimulated } from '../../src/host/host.ts'
import type { UnitFileChange } from '../bus.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { isUtf8, type SystemctlCall } from './systemctl-call.ts'
import { runJobs } from './systemctl-jobs.ts'

/** Verbs that make links or take them away. */
export type FileVerb = 'enable' | 'reenable' | 'disable' | 'mask' | 'unmask'

/** verb_enable() of src/systemctl/systemctl-enable.c. */
export function* changeFiles(call: SystemctlCall, verb: FileVerb): Blocking<number> {
  const { process, systemd, options } = call
  const { words } = systemd.release
  const units = call.names.map(name => systemd.fullName(name))
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
    for (const change of changes) process.complain(changeWords(process, change))
    if (changes.length === 0 && isHintWanted(call, verb, units)) process.complain(words.noInstallSection)
  }
  if (!options.has('now') || verb === 'reenable' || verb === 'unmask') return 0
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
  if (isRuntime) throw new Unsimulated('systemctl', `${verb} --runtime`)
  if (verb !== 'reenable') return systemd[verb](units)
  return [...systemd.disable(units), ...systemd.enable(units)]
}

function refuseChange(process: Process, verb: FileVerb, reason: string): number {
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
