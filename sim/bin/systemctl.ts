import { strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { closest } from '../formats/closest.ts'
import { servicePath } from '../formats/systemd-release.ts'
import type { Process, Program } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { commandLineOf, type ParsedOptions, withCommandLine } from './getopt.ts'
import type { SystemctlCall } from './systemctl-call.ts'
import { addDependency, changeFiles, link, setDefault } from './systemctl-enable.ts'
import { runJobs } from './systemctl-jobs.ts'
import { listUnits } from './systemctl-list.ts'
import { matches } from './systemctl-names.ts'
import { endMachine, POWER_PROGRAMS, type PowerKind } from './systemctl-power.ts'
import { cat, show } from './systemctl-show.ts'
import { status } from './systemctl-status.ts'
import { listUnitFiles } from './systemctl-unit-files.ts'
import { systemdProgram } from './systemd-program.ts'

type Verb = (call: SystemctlCall) => number | Blocking<number>

/** systemctl(1); by its other names (reboot, halt, shutdown …) it is another program. */
export const systemctl = withCommandLine(
  (process: Process): ReturnType<Program> => {
    const other = otherName(process)
    if (other !== undefined) return other(process)
    return hintOfDash(process) ?? run(process)
  },
  process => {
    const options = commandLineOf(otherName(process) ?? run)?.(process)
    const [verb] = options?.operands ?? []
    if (verb !== undefined && NOT_MODELLED.has(verb)) throw new Unsimulated('systemctl', verb)
    return options
  },
)

/** systemctl_parse_argv(): what begins with `-.` is a unit whose name wants a `--` before it. */
function hintOfDash(process: Process): number | undefined {
  const { argv } = process
  const end = argv.indexOf('--')
  const word = argv.slice(1, end < 0 ? undefined : end).find(each => each.startsWith('-.'))
  if (word === undefined) return undefined
  const dots = process.system.bus.systemd.release.hasOwnGetopt ? '…' : '...'
  process.complain(
    `${process.name}: invalid option -- '.'\nHint: to specify units starting with a dash, use "--":\n      ${process.name} [OPTIONS${dots}] COMMAND -- ${word} ${dots}\n`,
  )
  return 1
}

function otherName({ name }: Process): Program | undefined {
  if (name === 'systemctl') return undefined
  const other = Object.entries(POWER_PROGRAMS).find(([own]) => own === name)?.[1]
  if (other === undefined) throw new Unsimulated(name, 'this name of systemctl')
  return other
}

const run = systemdProgram(
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
      'runtime',
    ],
    unsimulated: [
      'user',
      'H,host:',
      'M,machine:',
      'job-mode:',
      'fail',
      'global',
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
  },
  function* (process, options): Blocking<number> {
    const [name, ...names] = options.operands
    const verb = name === undefined ? 'list-units' : name
    const act = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined
    if (act === undefined && NOT_MODELLED.has(verb)) throw new Unsimulated('systemctl', verb)
    if (act === undefined) {
      process.complain(unknownVerb(process, verb))
      return 1
    }
    const wrong = wrongUsage(verb, names.length, options)
    if (wrong !== undefined) {
      process.complain(wrong)
      return 1
    }
    const { systemd } = process.system.bus
    const named = expandNames(systemd, verb, names)
    if (named.length === 0 && names.length > 0) return noneFits(systemd, verb)
    const result = act({ process, systemd, options, names: named })
    return typeof result === 'number' ? result : yield* result
  },
)

function unknownVerb(process: Process, verb: string): string {
  if (!process.system.bus.systemd.release.suggestsVerbs) return `Unknown command verb ${verb}.\n`
  const meant = closest([...Object.keys(VERBS), ...NOT_MODELLED], verb)
  return `Unknown command verb '${verb}'${meant === undefined ? '.' : `, did you mean '${meant}'?`}\n`
}

const VERBS: Readonly<Record<string, Verb>> = {
  start: call => runJobs(call, 'start'),
  stop: call => runJobs(call, 'stop'),
  restart: call => runJobs(call, 'restart'),
  'try-restart': call => runJobs(call, 'try-restart'),
  condrestart: call => runJobs(call, 'try-restart'),
  reload: call => runJobs(call, 'reload'),
  'reload-or-restart': call => runJobs(call, 'reload-or-restart'),
  'try-reload-or-restart': call => runJobs(call, 'reload-or-try-restart'),
  'force-reload': call => runJobs(call, 'reload-or-try-restart'),
  'is-active': call => check(call, state => state === 'active' || state === 'reloading', 3),
  'is-failed': call => check(call, state => state === 'failed', 1),
  'is-enabled': isEnabled,
  'is-system-running': isSystemRunning,
  enable: call => changeFiles(call, 'enable'),
  reenable: call => changeFiles(call, 'reenable'),
  disable: call => changeFiles(call, 'disable'),
  preset: call => changeFiles(call, 'preset'),
  link,
  'set-default': setDefault,
  'add-wants': call => addDependency(call, 'wants'),
  'add-requires': call => addDependency(call, 'requires'),
  'list-jobs': listJobs,
  'show-environment': showEnvironment,
  mask: call => changeFiles(call, 'mask'),
  unmask: call => changeFiles(call, 'unmask'),
  'daemon-reload': reload,
  'daemon-reexec': reload,
  'reset-failed': resetFailed,
  show,
  status,
  cat,
  kill,
  reboot: call => power(call, 'reboot'),
  poweroff: call => power(call, 'poweroff'),
  halt: call => power(call, 'halt'),
  'list-units': listUnits,
  'list-unit-files': listUnitFiles,
  'get-default': getDefault,
}

const EXPANDING = new Set(
  'start stop restart try-restart condrestart reload reload-or-restart is-active is-failed show status cat kill reset-failed'.split(
    ' ',
  ),
)

/** expand_unit_names(): patterns stand for the units in memory that fit. */
function expandNames(
  systemd: SystemctlCall['systemd'],
  verb: string,
  names: readonly string[],
): readonly string[] {
  if (!EXPANDING.has(verb) || !names.some(isPattern)) return names
  const loaded = systemd.loadedUnits()
  return names.flatMap(name => (isPattern(name) ? loaded.filter(unit => matches(name, unit)) : [name]))
}

const isPattern = (name: string): boolean => /[*?[]/.test(name)

/** What a question about no unit at all comes to. */
function noneFits({ release }: SystemctlCall['systemd'], verb: string): number {
  if (verb === 'status' || verb === 'show') return 0
  if (verb === 'is-active') return release.hasNotFoundStatus ? NO_UNIT : 3
  throw new Unsimulated('systemctl', `${verb} of a pattern that no unit fits`)
}

/** Verbs that want a unit, and those that take none: verbs[] of src/systemctl/systemctl.c. */
const WITH_UNITS = new Set(
  `start stop restart try-restart condrestart reload reload-or-restart is-active is-failed is-enabled enable reenable
   disable mask unmask cat kill preset link set-default add-wants add-requires try-reload-or-restart force-reload`.split(
    /\s+/,
  ),
)
const WITHOUT_UNITS = new Set([
  'daemon-reload',
  'daemon-reexec',
  'is-system-running',
  'get-default',
  'show-environment',
])

/** Verbs that systemctl has and this one has not. */
const NOT_MODELLED = new Set(
  `list-automounts list-paths list-sockets list-timers list-dependencies list-machines isolate freeze thaw clean
   bind mount-image service-log-level service-log-target set-property help preset-all revert edit cancel set-environment unset-environment import-environment
   log-level log-target service-watchdogs default rescue emergency kexec soft-reboot exit switch-root
   suspend hibernate hybrid-sleep suspend-then-hibernate `.split(/\s+/),
)

const UNIT_TYPES = 'service socket target mount automount timer path slice scope swap device'.split(' ')
const LOAD_STATES = 'stub loaded not-found bad-setting error merged masked'.split(' ')

function wrongUsage(verb: string, count: number, options: ParsedOptions): string | undefined {
  const types = options.values('type').flatMap(list => list.split(','))
  const unknown = types.find(type => !UNIT_TYPES.includes(type) && !LOAD_STATES.includes(type))
  if (unknown !== undefined)
    return `Unknown unit type or load state '${unknown}'.\nUse -t help to see a list of allowed values.\n`
  if (WITH_UNITS.has(verb) && count === 0) return 'Too few arguments.\n'
  return WITHOUT_UNITS.has(verb) && count > 0 ? 'Too many arguments.\n' : undefined
}

function check(
  { process, systemd, options, names }: SystemctlCall,
  isGood: (state: string) => boolean,
  otherwise: number,
): number {
  const units = names.map(name => systemd.properties(systemd.fullName(name)))
  const states = units.map(({ ActiveState = 'inactive' }) => ActiveState)
  if (!options.has('quiet')) for (const state of states) process.print(`${state}\n`)
  if (states.some(isGood)) return 0
  const isAnyThere = units.some(({ LoadState }) => LoadState !== 'not-found')
  return systemd.release.hasNotFoundStatus && !isAnyThere ? NO_UNIT : otherwise
}

/** EXIT_PROGRAM_OR_SERVICES_STATUS_UNKNOWN of LSB. */
const NO_UNIT = 4

function isEnabled({ process, systemd, options, names }: SystemctlCall): number {
  let isAny = false
  for (const name of names) {
    const unit = systemd.fullName(name)
    const state = systemd.unitFileState(unit)
    if (state === undefined && systemd.release.hasNotFoundStatus) {
      if (!options.has('quiet')) process.print('not-found\n')
      continue
    }
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
  if (isAny) return 0
  const isAnyThere = names.some(name => systemd.unitFileState(systemd.fullName(name)) !== undefined)
  return systemd.release.hasNotFoundStatus && !isAnyThere ? NO_UNIT : 1
}

function isSystemRunning({ process, systemd, options }: SystemctlCall): number {
  const state = systemd.systemState()
  if (!options.has('quiet')) process.print(`${state}\n`)
  return state === 'running' ? 0 : 1
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

/** Without --force, which would not stop the services first. */
function power({ process, systemd, options, names }: SystemctlCall, kind: PowerKind): number {
  if (options.has('force')) throw new Unsimulated('systemctl', `${kind} --force`)
  if (names.length > 0) throw new Unsimulated('systemctl', `${kind} with an argument`)
  return endMachine({ systemd, clock: process.clock }, kind)
}

function listJobs({ process, systemd }: SystemctlCall): number {
  if (systemd.jobs().length > 0) throw new Unsimulated('systemctl', 'list-jobs with jobs')
  process.print('No jobs running.\n')
  return 0
}

/** What PID 1 gives to services; nothing here sets more. */
function showEnvironment({ process, systemd }: SystemctlCall): number {
  process.print(`LANG=C.UTF-8\nPATH=${servicePath(systemd.release)}\n`)
  return 0
}

/** What the link of default.target points to. */
function getDefault({ process, systemd }: SystemctlCall): number {
  process.print(`${systemd.properties('default.target').Id ?? ''}\n`)
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
