import { strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { type Job, type JobRefusal, type JobVerb, type SystemdManager, waitForJobs } from '../bus.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { type ParsedOptions, program } from './getopt.ts'
import { listUnitFiles, listUnits } from './systemctl-list.ts'
import { status } from './systemctl-status.ts'

/** What a verb works with. */
export interface SystemctlCall {
  readonly process: Process
  readonly systemd: SystemdManager
  readonly options: ParsedOptions
  /** Operands behind the verb. */
  readonly names: readonly string[]
}

type Verb = (call: SystemctlCall) => number | Blocking<number>

/** systemctl(1) of systemd 252. */
export const systemctl = program(
  {
    options: [
      'q,quiet',
      'no-pager',
      'no-legend',
      'l,full',
      'plain',
      'a,all',
      't,type:',
      'state:',
      'p,property:',
      'P:',
      'value',
      'now',
      'no-block',
      'f,force',
      'system',
      'failed',
      's,signal:',
      'no-ask-password',
      'n,lines:',
      'wait',
      'show-types',
      'no-wall',
    ],
    unsimulated: [
      'user',
      'H,host:',
      'M,machine:',
      'job-mode:',
      'fail',
      'global',
      'runtime',
      'root:',
      'preset-mode:',
      'kill-whom:',
      'kill-who:',
      'what:',
      'dry-run',
      'recursive',
      'reverse',
      'after',
      'before',
      'with-dependencies',
      'o,output:',
      'firmware-setup',
      'boot-loader-menu:',
      'timestamp:',
      'read-only',
      'mkdir',
      'marked',
      'check-inhibitors:',
      'i',
      'no-reload',
      'legend:',
      'message:',
      'image:',
      'C,capsule:',
      'T',
      'r',
    ],
    hint: '',
  },
  function* (process, options): Blocking<number> {
    const [name, ...names] = options.operands
    const verb = name === undefined ? 'list-units' : name
    const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined
    if (run === undefined && NOT_MODELLED.has(verb)) throw new Unsimulated('systemctl', verb)
    if (run === undefined) {
      process.complain(`Unknown command verb ${verb}.\n`)
      return 1
    }
    const result = run({ process, systemd: process.system.bus.systemd, options, names })
    return typeof result === 'number' ? result : yield* result
  },
)

const VERBS: Readonly<Record<string, Verb>> = {
  start: call => runJobs(call, 'start'),
  stop: call => runJobs(call, 'stop'),
  restart: call => runJobs(call, 'restart'),
  'try-restart': call => runJobs(call, 'try-restart'),
  condrestart: call => runJobs(call, 'try-restart'),
  reload: call => runJobs(call, 'reload'),
  'reload-or-restart': call => runJobs(call, 'reload-or-restart'),
  'is-active': call => check(call, state => state === 'active' || state === 'reloading', 3),
  'is-failed': call => check(call, state => state === 'failed', 1),
  'is-enabled': isEnabled,
  'is-system-running': isSystemRunning,
  enable: call => changeFiles(call, 'enable'),
  disable: call => changeFiles(call, 'disable'),
  mask: call => changeFiles(call, 'mask'),
  unmask: call => changeFiles(call, 'unmask'),
  'daemon-reload': reload,
  'daemon-reexec': reload,
  'reset-failed': resetFailed,
  show,
  status,
  cat,
  kill,
  'list-units': listUnits,
  'list-unit-files': listUnitFiles,
}

/** Verbs that systemctl has and this one has not. */
const NOT_MODELLED = new Set(
  `list-automounts list-paths list-sockets list-timers list-dependencies list-jobs list-machines isolate freeze thaw clean
   bind mount-image service-log-level service-log-target set-property help reenable preset preset-all link revert add-wants
   add-requires edit get-default set-default cancel show-environment set-environment unset-environment import-environment
   log-level log-target service-watchdogs default rescue emergency halt poweroff reboot kexec soft-reboot exit switch-root
   suspend hibernate hybrid-sleep suspend-then-hibernate force-reload try-reload-or-restart`.split(/\s+/),
)

const isRefusal = (job: Job | JobRefusal): job is JobRefusal => 'error' in job

function* runJobs(call: SystemctlCall, verb: JobVerb): Blocking<number> {
  const { process, systemd, options } = call
  if (call.names.length === 0) {
    process.complain('Too few arguments.\n')
    return 1
  }
  const answers = call.names.map(name => ({
    unit: systemd.fullName(name),
    answer: systemd.enqueue(verb, systemd.fullName(name)),
  }))
  let exitCode = 0
  const jobs: Job[] = []
  for (const { unit, answer } of answers) {
    if (isRefusal(answer)) exitCode = refuse(process, verb, { unit, refusal: answer })
    else jobs.push(answer)
  }
  for (const { unit } of answers) warnOfReload(call, unit)
  if (options.has('no-block')) return exitCode
  yield* waitForJobs(jobs)
  for (const job of jobs) if (!tellResult(call, job)) exitCode = 1
  return exitCode
}

function refuse(
  process: Process,
  verb: JobVerb,
  { unit, refusal }: { unit: string; refusal: JobRefusal },
): number {
  const say = (reason: string): void => process.complain(`Failed to ${verb} ${unit}: ${reason}\n`)
  switch (refusal.error) {
    case 'NoSuchUnit':
      say(`Unit ${refusal.unit} ${verb === 'stop' ? 'not loaded' : 'not found'}.`)
      return 5
    case 'UnitMasked':
      say(`Unit ${refusal.unit} is masked.`)
      return 1
    case 'JobTypeNotApplicable':
      say(`Job type reload is not applicable for unit ${refusal.unit}.`)
      return 3
    case 'BadUnitSetting':
      say(`Unit ${refusal.unit} has a bad unit file setting.`)
      process.complain(`See system logs and 'systemctl status ${refusal.unit}' for details.\n`)
      return 1
    case 'LoadFailed':
      say(
        `Unit ${refusal.unit} failed to load properly, please adjust/correct and reload service manager: ${strerror('ENOEXEC')}`,
      )
      return 1
  }
}

/** Why a job failed, by the Result of its service: log_job_error_with_service_result() of src/shared/bus-wait-for-jobs.c. */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  resources: 'of unavailable resources or another system error',
  protocol: 'the service did not take the steps required by its unit configuration',
  timeout: 'a timeout was exceeded',
  'exit-code': 'the control process exited with error code',
  signal: 'a fatal signal was delivered to the control process',
  'start-limit-hit': 'start of the service was attempted too often',
}

function tellResult({ process, systemd, options }: SystemctlCall, job: Job): boolean {
  if (job.result === 'done' || job.result === 'skipped') return true
  if (options.has('quiet')) return false
  if (job.result === 'dependency') {
    process.complain(`A dependency job for ${job.unit} failed. See 'journalctl -xe' for details.\n`)
    return false
  }
  const { Result = '' } = systemd.properties(job.unit)
  const why = EXPLANATIONS[Result]
  const see = `See "systemctl status ${job.unit}" and "journalctl -xeu ${job.unit}" for details.\n`
  process.complain(`Job for ${job.unit} failed${why === undefined ? '' : ` because ${why}`}.\n${see}`)
  if (Result === 'start-limit-hit')
    process.complain(
      `To force a start use "systemctl reset-failed ${job.unit}"\nfollowed by "systemctl start ${job.unit}" again.\n`,
    )
  return false
}

/** The warning that a loaded unit's files changed. */
export function warnOfReload({ process, systemd, options }: SystemctlCall, unit: string): void {
  if (options.has('quiet') || systemd.properties(unit).NeedDaemonReload !== 'yes') return
  process.complain(
    `Warning: The unit file, source configuration file or drop-ins of ${unit} changed on disk. Run 'systemctl daemon-reload' to reload units.\n`,
  )
}

function check(
  { process, systemd, options, names }: SystemctlCall,
  isGood: (state: string) => boolean,
  otherwise: number,
): number {
  const states = names.map(name => systemd.properties(systemd.fullName(name)).ActiveState ?? 'inactive')
  if (!options.has('quiet')) for (const state of states) process.print(`${state}\n`)
  return states.some(isGood) ? 0 : otherwise
}

function isEnabled({ process, systemd, options, names }: SystemctlCall): number {
  let isAny = false
  for (const name of names) {
    const unit = systemd.fullName(name)
    const state = systemd.unitFileState(unit)
    if (state === undefined) {
      process.complain(`Failed to get unit file state for ${unit}: ${strerror('ENOENT')}\n`)
      return 1
    }
    if (!options.has('quiet')) process.print(`${state}\n`)
    isAny ||= [
      'enabled',
      'enabled-runtime',
      'static',
      'alias',
      'indirect',
      'generated',
      'transient',
    ].includes(state)
  }
  return isAny ? 0 : 1
}

function isSystemRunning({ process, systemd, options }: SystemctlCall): number {
  const state = systemd.systemState()
  if (!options.has('quiet')) process.print(`${state}\n`)
  return state === 'running' ? 0 : 1
}

/** Names in an `[Install]` section that say nothing: install_info_follow() and the long hint of systemctl-enable.c. */
const NO_INSTALL_HINT = `The unit files have no installation config (WantedBy=, RequiredBy=, Also=,
Alias= settings in the [Install] section, and DefaultInstance= for template
units). This means they are not meant to be enabled or disabled using systemctl.
 
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

function* changeFiles(call: SystemctlCall, verb: 'enable' | 'disable' | 'mask' | 'unmask'): Blocking<number> {
  const { process, systemd, options } = call
  const units = call.names.map(name => systemd.fullName(name))
  if (verb === 'enable' || verb === 'disable') {
    for (const unit of units) {
      const state = systemd.unitFileState(unit)
      if (state === undefined) {
        process.complain(`Failed to ${verb} unit: Unit file ${unit} does not exist.\n`)
        return 1
      }
      if (state === 'masked' && verb === 'enable') {
        process.complain(`Failed to enable unit: Unit file /etc/systemd/system/${unit} is masked.\n`)
        return 1
      }
    }
  }
  const changes = systemd[verb](units)
  if (!options.has('quiet')) {
    for (const { kind, path, target } of changes)
      process.complain(
        kind === 'symlink'
          ? `Created symlink ${path} ${arrow(process)} ${target}.\n`
          : `Removed "${path}".\n`,
      )
    const isStatic = units.every(unit => systemd.unitFileState(unit) === 'static')
    if (isStatic && changes.length === 0 && units.length > 0 && (verb === 'enable' || verb === 'disable'))
      process.complain(NO_INSTALL_HINT)
  }
  if (!options.has('now')) return 0
  return yield* runJobs(call, verb === 'enable' ? 'start' : 'stop')
}

/** special_glyph(): an arrow where the locale has UTF-8. */
const arrow = (process: Process): string => (isUtf8(process) ? '→' : '->')

/** Whether the locale's character set is UTF-8, by the variables of locale(7). */
export function isUtf8(process: Process): boolean {
  const locale = process.env.get('LC_ALL') || process.env.get('LC_CTYPE') || process.env.get('LANG') || 'C'
  return /utf-?8/i.test(locale)
}

function reload({ systemd }: SystemctlCall): number {
  systemd.daemonReload()
  return 0
}

function resetFailed({ process, systemd, names }: SystemctlCall): number {
  let exitCode = 0
  const units = names.map(name => systemd.fullName(name))
  for (const unit of units) {
    if (systemd.properties(unit).LoadState !== 'not-found') continue
    process.complain(`Failed to reset failed state of unit ${unit}: Unit ${unit} not loaded.\n`)
    exitCode = 1
  }
  systemd.resetFailed(units)
  return exitCode
}

/** Properties that exist and are not modelled are not left out silently: their names are those of the manual. */
function show({ process, systemd, options, names }: SystemctlCall): number {
  const wanted = [...options.values('property'), ...options.values('P')].flatMap(list => list.split(','))
  if (wanted.length === 0 || names.length === 0)
    throw new Unsimulated('systemctl', 'show without -p and a unit')
  const isValue = options.has('value') || options.has('P')
  const blocks = names.map(name => {
    const properties = systemd.properties(systemd.fullName(name))
    const unknown = wanted.find(
      property => !Object.hasOwn(properties, property) && EXISTING_PROPERTIES.test(property),
    )
    if (unknown !== undefined && properties.LoadState === 'loaded')
      throw new Unsimulated('systemctl', `show -p ${unknown}`)
    const rows = Object.entries(properties).filter(
      ([property, value]) => wanted.includes(property) && (value !== '' || SHOWN_EMPTY.has(property)),
    )
    return rows.map(([property, value]) => `${isValue ? '' : `${property}=`}${value}\n`).join('')
  })
  process.print(blocks.join('\n'))
  return 0
}

/** Strings that are printed although they are empty. */
const SHOWN_EMPTY = new Set([
  'UnitFileState',
  'FragmentPath',
  'DropInPaths',
  'StateChangeTimestamp',
  'ActiveEnterTimestamp',
  'ExecMainStartTimestamp',
  'Environment',
  'StatusText',
])

const EXISTING_PROPERTIES = /^[A-Z][A-Za-z]+$/

function cat({ process, systemd, names }: SystemctlCall): number {
  const blocks: string[] = []
  for (const name of names) {
    const unit = systemd.fullName(name)
    const sources = systemd.sources(unit)
    if (sources === undefined) {
      process.complain(`No files found for ${unit}.\n`)
      return 1
    }
    blocks.push(
      sources.map(({ path, text }) => `# ${path}\n${text}${text.endsWith('\n') ? '' : '\n'}`).join('\n'),
    )
  }
  process.print(blocks.join('\n'))
  return 0
}

function kill({ process, systemd, options, names }: SystemctlCall): number {
  let exitCode = 0
  for (const name of names) {
    const unit = systemd.fullName(name)
    if (systemd.kill(unit, options.value('signal') ?? 'TERM')) continue
    process.complain(`Failed to kill unit ${unit}: Unit ${unit} not loaded.\n`)
    exitCode = 1
  }
  return exitCode
}
