import { digestOf } from '../../src/host/digest.ts'
import { encodeText } from '../../src/host/surrogate-escape.ts'
import type { UnitProperties } from '../bus.ts'
import { strftime } from '../formats/strftime.ts'
import type { SystemdRelease } from '../formats/systemd-release.ts'
import { SIGNAL_NUMBER } from '../process.ts'
import { signalOf } from './exit-status.ts'
import type { DependencyGraph } from './graph.ts'
import type { Preset } from './presets.ts'
import {
  type ExecCommand,
  type ExecKind,
  FOREVER_NS,
  type LoadState,
  type ServiceConfig,
  type UnitConfig,
  type UnitRuntime,
} from './state.ts'

export interface PropertiesOf {
  readonly config: UnitConfig
  readonly runtime: UnitRuntime
  readonly unitFileState: string
  readonly preset: Preset | ''
  readonly needsReload: boolean
  readonly bootSeconds: number
  readonly graph: DependencyGraph
  readonly release: SystemdRelease
  /** The number of the unit's job. */
  readonly job: number | undefined
}

/**
 * D-Bus properties in the order in which `systemctl show` prints them (recorded), as far as they are modelled. Of a
 * name that is not here nothing is known.
 */
export function unitProperties(of: PropertiesOf): UnitProperties {
  const service = of.config.service === undefined ? {} : serviceProperties(of, of.config.service)
  const common = commonProperties(of)
  return of.release.showsCommonFirst ? { ...common, ...service } : { ...service, ...common }
}

function serviceProperties(
  { config, runtime, bootSeconds }: PropertiesOf,
  service: ServiceConfig,
): UnitProperties {
  const { main } = runtime
  const exit = main?.exitCode
  const signal = exit === undefined ? undefined : signalOf(exit)
  return {
    Type: service.type,
    Restart: service.restart,
    NotifyAccess: service.type === 'notify' ? 'main' : 'none',
    RestartUSec: timeSpan(service.restartSecNs),
    TimeoutStartUSec: timeSpan(service.timeoutStartNs),
    TimeoutStopUSec: timeSpan(service.timeoutStopNs),
    RemainAfterExit: service.remainAfterExit ? 'yes' : 'no',
    MainPID: String(runtime.mainPid),
    ControlPID: String(runtime.controlPid),
    StatusText: runtime.statusText,
    Result: runtime.result,
    ReloadResult: runtime.reloadResult,
    NRestarts: String(runtime.nRestarts),
    ExecMainStartTimestamp: main === undefined ? '' : timestamp(bootSeconds + main.startNs / 1e9),
    ExecMainStartTimestampMonotonic: String(Math.floor((main?.startNs ?? 0) / 1e3)),
    ExecMainPID: String(main?.pid ?? 0),
    ExecMainCode: exit === undefined ? '0' : signal === undefined ? '1' : '2',
    ExecMainStatus: exit === undefined ? '0' : String(signal === undefined ? exit : SIGNAL_NUMBER[signal]),
    ...execProperties(config.service?.commands),
    Environment: service.environment.map(quoted).join(' '),
    EnvironmentFiles: service.environmentFiles
      .map(({ path, isOptional }) => `${path} (ignore_errors=${isOptional ? 'yes' : 'no'})`)
      .join('\n'),
    WorkingDirectory: service.workingDirectory === '/' ? '' : service.workingDirectory,
    User: service.user,
    KillMode: service.killMode,
  }
}

function execProperties(commands: ServiceConfig['commands'] | undefined): UnitProperties {
  const kinds: readonly ExecKind[] = [
    'ExecStartPre',
    'ExecStart',
    'ExecStartPost',
    'ExecReload',
    'ExecStop',
    'ExecStopPost',
  ]
  return Object.fromEntries(
    kinds.flatMap(kind => {
      const own = commands?.[kind] ?? []
      return own.length === 0 ? [] : [[kind, own.map(execText).join('\n')]]
    }),
  )
}

/**
 * One command as `show` prints it (print_property_as_exec_command() of src/shared/bus-print-properties.c), as after a
 * reload: which process ran it is not kept.
 */
function execText({ path, argv, isFailureIgnored }: ExecCommand): string {
  const ran = 'start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0'
  return `{ path=${path} ; argv[]=${argv.join(' ')} ; ignore_errors=${isFailureIgnored ? 'yes' : 'no'} ; ${ran} }`
}

/** shell_maybe_quote() with double quotes. */
const quoted = (text: string): string =>
  /[\s"'\\`$*?[\]|&;<>()]/.test(text) ? `"${text.replace(/["\\`$]/g, '\\$&')}"` : text

function commonProperties(of: PropertiesOf): UnitProperties {
  const { config, runtime, unitFileState, needsReload, bootSeconds, graph } = of
  const moment = (ns: number | undefined): string =>
    ns === undefined ? '' : timestamp(bootSeconds + ns / 1e9)
  const monotonic = (ns: number | undefined): string => String(Math.floor((ns ?? 0) / 1e3))
  const list = (names: readonly string[]): string => [...names].join(' ')
  const isLoaded = config.loadState === 'loaded'
  return {
    Id: config.id,
    Names: config.names.join(' '),
    ...(isLoaded
      ? {
          Requires: list(graph.of(config.id, 'Requires')),
          Requisite: list(graph.of(config.id, 'Requisite')),
          Wants: list(graph.of(config.id, 'Wants')),
          BindsTo: list(graph.of(config.id, 'BindsTo')),
          PartOf: list(graph.of(config.id, 'PartOf')),
        }
      : {}),
    Documentation: config.documentation.join(' '),
    Description: config.description,
    LoadState: config.loadState,
    ActiveState: runtime.activeState,
    FreezerState: 'running',
    SubState: runtime.subState,
    FragmentPath: config.fragmentPath,
    DropInPaths: config.dropInPaths.join(' '),
    UnitFileState: unitFileState,
    UnitFilePreset: of.preset,
    StateChangeTimestamp: moment(runtime.stateChangeNs),
    StateChangeTimestampMonotonic: monotonic(runtime.stateChangeNs),
    InactiveExitTimestamp: moment(runtime.inactiveExitNs),
    InactiveExitTimestampMonotonic: monotonic(runtime.inactiveExitNs),
    ActiveEnterTimestamp: moment(runtime.activeEnterNs),
    ActiveEnterTimestampMonotonic: monotonic(runtime.activeEnterNs),
    ActiveExitTimestamp: moment(runtime.activeExitNs),
    ActiveExitTimestampMonotonic: monotonic(runtime.activeExitNs),
    InactiveEnterTimestamp: moment(runtime.inactiveEnterNs),
    InactiveEnterTimestampMonotonic: monotonic(runtime.inactiveEnterNs),
    NeedDaemonReload: needsReload ? 'yes' : 'no',
    ConditionResult: runtime.conditionResult ? 'yes' : 'no',
    ...(of.release.showsInvocation ? invocationOf(of) : {}),
    LoadError: loadError(config.id, config.loadState),
    StartLimitIntervalUSec: timeSpan(config.startLimit.intervalNs),
    StartLimitBurst: String(config.startLimit.burst),
  }
}

/** Drawn anew at every start; here it is made from what tells starts apart. */
function invocationOf({ config, runtime, bootSeconds, job }: PropertiesOf): UnitProperties {
  const start = `${config.id} ${bootSeconds} ${runtime.inactiveExitNs}`
  const isStarted = runtime.activeState !== 'inactive' || runtime.inactiveExitNs !== undefined
  return {
    Job: job === undefined ? '' : String(job),
    InvocationID: isStarted ? digestOf(encodeText(start)).slice(0, 32) : '',
  }
}

/** The D-Bus error of a unit that could not be loaded, and its message. */
function loadError(id: string, state: LoadState): string {
  if (state === 'not-found') return `org.freedesktop.systemd1.NoSuchUnit "Unit ${id} not found."`
  if (state === 'masked') return `org.freedesktop.systemd1.UnitMasked "Unit ${id} is masked."`
  if (state === 'bad-setting')
    return `org.freedesktop.systemd1.BadUnitSetting "Unit ${id} has a bad unit file setting."`
  return ''
}

/** format_timespan() of src/basic/time-util.c, down to microseconds. */
export function timeSpan(ns: number): string {
  if (ns >= FOREVER_NS) return 'infinity'
  const units: readonly (readonly [string, number])[] = [
    ['w', 604_800e9],
    ['d', 86_400e9],
    ['h', 3600e9],
    ['min', 60e9],
    ['s', 1e9],
    ['ms', 1e6],
    ['us', 1e3],
  ]
  let rest = ns
  const words: string[] = []
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size)
    if (count > 0) words.push(`${count}${unit}`)
    rest -= count * size
  }
  return words.length === 0 ? '0' : words.join(' ')
}

/** `Mon 2026-11-23 01:30:07 UTC`. */
export function timestamp(seconds: number): string {
  return strftime('%a %Y-%m-%d %H:%M:%S UTC', seconds)
}
