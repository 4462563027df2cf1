import type { UnitProperties } from '../bus.ts'
import { utcMoment } from '../formats/moment.ts'
import { SIGNAL_NUMBER } from '../process.ts'
import { signalOf } from './service.ts'
import { type ExecCommand, FOREVER_NS, type UnitConfig, type UnitRuntime } from './state.ts'

export interface PropertiesOf {
  readonly config: UnitConfig
  readonly runtime: UnitRuntime
  readonly unitFileState: string
  readonly needsReload: boolean
  readonly bootSeconds: number
}

/**
 * D-Bus properties in the order in which `systemctl show` prints them (recorded), as far as they are modelled. Of a
 * name that is not here nothing is known.
 */
export function unitProperties(of: PropertiesOf): UnitProperties {
  return { ...(of.config.id.endsWith('.service') ? serviceProperties(of) : {}), ...commonProperties(of) }
}

function serviceProperties({ config, runtime, bootSeconds }: PropertiesOf): UnitProperties {
  const { service } = config
  const exit = runtime.mainExitCode
  const signal = exit === undefined ? undefined : signalOf(exit)
  const isRunning =
    runtime.mainPid !== 0 && runtime.activeState === 'active' && runtime.subState === 'running'
  const type = service?.type ?? 'simple'
  return {
    Type: type,
    ...(service === undefined
      ? {}
      : {
          Restart: service.restart,
          RestartUSec: timeSpan(service.restartSecNs),
          TimeoutStartUSec: timeSpan(service.timeoutStartNs),
          TimeoutStopUSec: timeSpan(service.timeoutStopNs),
          RemainAfterExit: service.remainAfterExit ? 'yes' : 'no',
        }),
    MainPID: String(isRunning || runtime.activeState === 'deactivating' ? runtime.mainPid : 0),
    ControlPID: '0',
    StatusText: runtime.statusText ?? '',
    Result: runtime.result,
    NRestarts: String(runtime.nRestarts),
    ExecMainStartTimestamp: runtime.mainPid === 0 ? '' : timestamp(bootSeconds + runtime.mainStartNs / 1e9),
    ExecMainStartTimestampMonotonic: String(Math.floor(runtime.mainStartNs / 1e3)),
    ExecMainPID: String(runtime.mainPid),
    ExecMainCode: exit === undefined || isRunning ? '0' : signal === undefined ? '1' : '2',
    ExecMainStatus:
      exit === undefined || isRunning ? '0' : String(signal === undefined ? exit : SIGNAL_NUMBER[signal]),
    ...(service === undefined
      ? {}
      : {
          ExecStart: service.commands.ExecStart.map(execText).join(' ; '),
          Environment: Object.entries(service.environment)
            .map(([name, value]) => `${name}=${value}`)
            .join(' '),
        }),
    KillMode: service?.killMode ?? 'control-group',
  }
}

/**
 * One command as `show` prints it (print_property_as_exec_command() of src/shared/bus-print-properties.c), as after a
 * reload: which process ran it is not kept.
 */
function execText({ path, argv, isFailureIgnored }: ExecCommand): string {
  const ran = 'start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0'
  return `{ path=${path} ; argv[]=${argv.join(' ')} ; ignore_errors=${isFailureIgnored ? 'yes' : 'no'} ; ${ran} }`
}

function commonProperties({ config, runtime, unitFileState, needsReload }: PropertiesOf): UnitProperties {
  return {
    Id: config.id,
    Names: config.id,
    Documentation: config.documentation.join(' '),
    Description: config.description,
    LoadState: config.loadState,
    ActiveState: runtime.activeState,
    SubState: runtime.subState,
    FragmentPath: config.fragmentPath,
    DropInPaths: config.dropInPaths.join(' '),
    UnitFileState: unitFileState,
    StateChangeTimestamp:
      runtime.stateChangeSeconds === undefined ? '' : timestamp(runtime.stateChangeSeconds),
    ActiveEnterTimestamp:
      runtime.activeEnterNs === undefined || runtime.stateChangeSeconds === undefined
        ? ''
        : timestamp(runtime.stateChangeSeconds),
    NeedDaemonReload: needsReload ? 'yes' : 'no',
    ConditionResult: runtime.conditionResult ? 'yes' : 'no',
    StartLimitIntervalUSec: timeSpan(config.startLimit.intervalNs),
    StartLimitBurst: String(config.startLimit.burst),
  }
}

/** format_timespan() of src/basic/time-util.c, down to milliseconds. */
export function timeSpan(ns: number): string {
  if (ns >= FOREVER_NS) return 'infinity'
  const units: readonly (readonly [string, number])[] = [
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
  const { year, month, day, weekday, clock } = utcMoment(seconds)
  return `${weekday} ${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')} ${clock} UTC`
}
