import { parseBoolean } from '../formats/unit-file.ts'
import type { Line, Settings } from './settings.ts'
import {
  EXEC_KINDS,
  type ExecCommand,
  type ExecKind,
  FOREVER_NS,
  type KillMode,
  type RestartPolicy,
  type ServiceConfig,
  type ServiceType,
} from './state.ts'

/** A line that makes the whole unit unusable (-ENOEXEC of config_parse_exec()); reading stops at it. */
export class FatalSetting extends Error {
  override readonly name = 'FatalSetting'
  readonly line: Line

  constructor(line: Line) {
    super(line.value)
    this.line = line
  }
}

const TYPES: readonly ServiceType[] = ['simple', 'forking', 'exec', 'oneshot', 'dbus', 'notify', 'idle']
const RESTARTS: readonly RestartPolicy[] = [
  'no',
  'on-success',
  'on-failure',
  'on-abnormal',
  'on-watchdog',
  'on-abort',
  'always',
]
const KILL_MODES: readonly KillMode[] = ['control-group', 'process', 'mixed', 'none']

/** Settings under which a start does something that this model does not; at their default they are harmless. */
const NOT_MODELLED: readonly string[] = [
  'PIDFile',
  'RootDirectory',
  'RootImage',
  'ChrootDirectory',
  'DynamicUser',
  'RuntimeMaxSec',
  'OpenFile',
  'Sockets',
  'TimeoutStartFailureMode',
  'TimeoutStopFailureMode',
  'TimeoutAbortSec',
  'ExitType',
  'OnFailureJobMode',
]

const oneOf =
  <T extends string>(values: readonly T[]) =>
  (text: string): T | undefined =>
    values.find(value => value === text)

/** The [Service] section. Throws `FatalSetting`. */
export function serviceConfig(settings: Settings): ServiceConfig {
  const type = settings.parse('Service', 'Type', 'service type', oneOf(TYPES))
  const restart = settings.parse('Service', 'Restart', 'service restart specifier', oneOf(RESTARTS))
  const restartSecNs = settings.spanNs('Service', 'RestartSec')
  const remainAfterExit = settings.boolean('Service', 'RemainAfterExit', false)
  const commands = commandsOf(settings)
  const words = (key: string): readonly string[] => settings.words('Service', key)
  const implied: ServiceType =
    settings.last('Service', 'BusName') !== undefined
      ? 'dbus'
      : commands.ExecStart.length === 0
        ? 'oneshot'
        : 'simple'
  const directory = settings.last('Service', 'WorkingDirectory') ?? ''
  const effective = type ?? implied
  return {
    type: effective,
    commands,
    environment: lastByName(
      settings.lines('Service', 'Environment').flatMap(line => environmentOf(settings, line)),
    ),
    environmentFiles: settings.all('Service', 'EnvironmentFile').map(path => ({
      path: path.replace(/^-/, ''),
      isOptional: path.startsWith('-'),
    })),
    workingDirectory: directory.replace(/^-/, '') || '/',
    isWorkingDirectoryOptional: directory.startsWith('-'),
    user: settings.last('Service', 'User') ?? '',
    group: settings.last('Service', 'Group') ?? '',
    restart: restart ?? 'no',
    restartSecNs: restartSecNs ?? 100e6,
    timeoutStartNs: timeoutNs(settings, 'TimeoutStartSec', effective === 'oneshot' ? FOREVER_NS : 90e9),
    timeoutStopNs: timeoutNs(settings, 'TimeoutStopSec', 90e9),
    remainAfterExit,
    successExitStatus: words('SuccessExitStatus'),
    restartPreventExitStatus: words('RestartPreventExitStatus'),
    restartForceExitStatus: words('RestartForceExitStatus'),
    killMode:
      settings.parse('Service', 'KillMode', 'kill mode specifier', oneOf(KILL_MODES)) ?? 'control-group',
    isSigkillSent: settings.boolean('Service', 'SendSIGKILL', true),
    standardOutput: settings.last('Service', 'StandardOutput') ?? 'journal',
    standardError: settings.last('Service', 'StandardError') ?? 'inherit',
    syslogIdentifier: settings.last('Service', 'SyslogIdentifier') ?? '',
    notModelled: [
      ...NOT_MODELLED.filter(key => isSet(settings.last('Service', key))).map(key => `${key}=`),
      ...[...settings.unknownSpecifiers].map(specifier => `the specifier ${specifier}`),
    ],
  }
}

const isSet = (value: string | undefined): boolean =>
  value !== undefined && parseBoolean(value) !== false && value !== 'infinity'

/** `TimeoutSec=` stands for both; zero turns a limit off. */
function timeoutNs(settings: Settings, key: string, fallback: number): number {
  const both = settings.lines('Service', 'TimeoutSec')
  const own = settings.lines('Service', key)
  const isOwn = own.length > 0
  const span = isOwn ? settings.spanNs('Service', key) : settings.spanNs('Service', 'TimeoutSec')
  if (span === undefined || (!isOwn && both.length === 0)) return fallback
  return span === 0 ? FOREVER_NS : Math.min(span, FOREVER_NS)
}

function environmentOf(settings: Settings, line: Line): readonly string[] {
  return settings.split(line).filter(word => {
    if (/^[A-Za-z_]\w*=/.test(word)) return true
    settings.complain(line, `Invalid environment assignment, ignoring: ${word}`)
    return false
  })
}

/** A later assignment of a variable takes the earlier one's place. */
function lastByName(assignments: readonly string[]): readonly string[] {
  const byName = new Map<string, string>()
  for (const assignment of assignments) byName.set(assignment.slice(0, assignment.indexOf('=')), assignment)
  return [...byName.values()]
}

function commandsOf(settings: Settings): Readonly<Record<ExecKind, readonly ExecCommand[]>> {
  const entries = EXEC_KINDS.map(kind => [
    kind,
    settings.lines('Service', kind).flatMap(line => parseCommands(settings, line)),
  ])
  return Object.fromEntries(entries)
}

/** config_parse_exec(): prefixes, then words; a lone `;` starts another command, `\;` is a semicolon. */
function parseCommands(settings: Settings, line: Line): readonly ExecCommand[] {
  const commands: string[][] = [[]]
  for (const word of settings.split(line)) {
    if (word === ';') commands.push([])
    else commands.at(-1)?.push(word === '\\;' ? ';' : word)
  }
  return commands.filter(words => words.length > 0).flatMap(words => commandOf(settings, line, words) ?? [])
}

function commandOf(settings: Settings, line: Line, words: readonly string[]): ExecCommand | undefined {
  const [first = '', ...rest] = words
  const prefix = /^[-@:+!]*/.exec(first)?.[0] ?? ''
  const path = first.slice(prefix.length)
  const isFailureIgnored = prefix.includes('-')
  const problem = problemOf(path)
  if (problem !== undefined) {
    settings.complain(
      line,
      `${problem}${isFailureIgnored ? ', ignoring' : ''}: ${path === '' ? line.value : path}`,
    )
    if (!isFailureIgnored) throw new FatalSetting(line)
    return undefined
  }
  const argv = prefix.includes('@') ? rest : [path, ...rest]
  return { path, argv, isFailureIgnored, isExpanding: !prefix.includes(':') }
}

function problemOf(path: string): string | undefined {
  if (path === '') return 'Empty path in command line'
  if (path.endsWith('/')) return 'Executable path specifies a directory'
  return path.startsWith('/') || !path.includes('/')
    ? undefined
    : 'Neither a valid executable name nor an absolute path'
}

/** service_verify() of src/core/service.c: why PID 1 refuses the unit. */
export function serviceProblem(service: ServiceConfig): string | undefined {
  const { ExecStart, ExecStop } = service.commands
  const isOneshot = service.type === 'oneshot'
  const [hasStart, isRestarting] = [ExecStart.length > 0, ['always', 'on-success'].includes(service.restart)]
  if (!hasStart && ExecStop.length === 0)
    return 'Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.'
  if (!isOneshot && !hasStart)
    return 'Service has no ExecStart= setting, which is only allowed for Type=oneshot services. Refusing.'
  if (!service.remainAfterExit && !hasStart)
    return 'Service has no ExecStart= and no SuccessAction= settings and does not have RemainAfterExit=yes set. Refusing.'
  if (!isOneshot && ExecStart.length > 1)
    return 'Service has more than one ExecStart= setting, which is only allowed for Type=oneshot services. Refusing.'
  if (isOneshot && isRestarting)
    return "Service has Restart= set to either always or on-success, which isn't allowed for Type=oneshot services. Refusing."
  if (isOneshot && service.restartForceExitStatus.length > 0)
    return "Service has RestartForceExitStatus= set, which isn't allowed for Type=oneshot services. Refusing."
  return undefined
}
