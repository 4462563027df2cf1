import { Unsimulated } from '../../src/host/host.ts'
import type { UnitFileChange } from '../bus.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { isUtf8, type SystemctlCall } from './systemctl-call.ts'
import { runJobs } from './systemctl-jobs.ts'

/** Names in an `[Install]` section that say nothing: install_info_follow() and the long hint of systemctl-enable.c. */
const NO_INSTALL_HINT = `The unit files have no installation config (WantedBy=, RequiredBy=, Also=,
Alias= settings in the [Install] section, and DefaultInstance= for template
units). This means they are not meant to be enabled using systemctl.
 
Possible reasons for having this kind of units are:
* A unit may be statically enabled by being symlinked from another unit's
  .wants/ or .requires/ directory.
* A unit's purpose may be to act as a helper for some other unit which has
  a requirement dependency on it.
* A unit may be started when needed via activation (socket, path, timer,
  D-Bus, udev, scripted systemctl call, ...).
* In case of template units, the unit is meant to be enabled with some
  instance name specified.
`

/** Verbs that make links or take them away. */
export type FileVerb = 'enable' | 'reenable' | 'disable' | 'mask' | 'unmask'

/** verb_enable() of src/systemctl/systemctl-enable.c. */
export function* changeFiles(call: SystemctlCall, verb: FileVerb): Blocking<number> {
  const { process, systemd, options } = call
  const units = call.names.map(name => systemd.fullName(name))
  for (const unit of units) {
    if (systemd.unitFileState(unit) !== undefined) continue
    if (verb === 'mask' || verb === 'unmask')
      process.complain(`Unit ${unit} does not exist, proceeding anyway.\n`)
    else return refuseChange(process, verb, `Unit file ${unit} does not exist.`)
  }
  const masked = units.find(unit => /^masked/.test(systemd.unitFileState(unit) ?? ''))
  if (masked !== undefined && (verb === 'enable' || verb === 'reenable')) {
    const path = systemd.properties(masked).FragmentPath || `/etc/systemd/system/${masked}`
    return refuseChange(process, verb, `Unit file ${path} is masked.`)
  }
  const changes = changesOf(call, verb, units)
  const inTheWay = changes.find(({ kind }) => kind === 'exists')
  if (inTheWay !== undefined) return refuseChange(process, verb, `File ${inTheWay.path} already exists.`)
  if (!options.has('quiet')) {
    for (const change of changes) process.complain(changeWords(process, change))
    const isInstalling = verb === 'enable' || verb === 'reenable'
    const isStatic = units.every(unit => systemd.unitFileState(unit) === 'static')
    if (isInstalling && isStatic && changes.length === 0) process.complain(NO_INSTALL_HINT)
  }
  if (!options.has('now') || verb === 'reenable' || verb === 'unmask') return 0
  return yield* runJobs(call, verb === 'enable' ? 'start' : 'stop')
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
    ? `Created symlink ${path} ${arrow(process)} ${target}.\n`
    : `${process.system.bus.systemd.release.words.removed(path)}\n`
}

/** special_glyph(): an arrow where the locale has UTF-8. */
const arrow = (process: Process): string => (isUtf8(process) ? '→' : '->')
