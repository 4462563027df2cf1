import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import {
  type Assignment,
  parseBoolean,
  parseTimeSpanNs,
  parseUnitFile,
  splitWords,
  type UnitFile,
} from '../formats/unit-file.ts'
import type { Process } from '../process.ts'
import type {
  Condition,
  ExecCommand,
  ExecKind,
  LoadState,
  RestartPolicy,
  ServiceConfig,
  ServiceType,
  UnitConfig,
} from './state.ts'
import { FOREVER_NS } from './state.ts'

/** Where unit files are, the strongest first: systemd.unit(5), "Unit File Load Path", of Debian with merged /usr. */
export const UNIT_PATH = [
  '/etc/systemd/system.control',
  '/run/systemd/system.control',
  '/run/systemd/transient',
  '/run/systemd/generator.early',
  '/etc/systemd/system',
  '/etc/systemd/system.attached',
  '/run/systemd/system',
  '/run/systemd/system.attached',
  '/run/systemd/generator',
  '/usr/local/lib/systemd/system',
  '/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/run/systemd/generator.late',
]

const DEPENDENCIES = [
  'Requires',
  'Requisite',
  'Wants',
  'BindsTo',
  'PartOf',
  'Conflicts',
  'Before',
  'After',
  'Upholds',
  'OnFailure',
  'OnSuccess',
]

const EXEC_KINDS: readonly ExecKind[] = [
  'ExecCondition',
  'ExecStartPre',
  'ExecStart',
  'ExecStartPost',
  'ExecReload',
  'ExecStop',
  'ExecStopPost',
]

/** What PID 1 logs while it reads a file. */
export type Warn = (unit: string, message: string) => void

/** Reads units from the files of a machine, with the eyes of PID 1. */
export class UnitLoader {
  readonly #process: Process
  readonly #warn: Warn

  constructor(process: Process, warn: Warn) {
    this.#process = process
    this.#warn = warn
  }

  /** The names that unit files and links have, over all directories. */
  listNames(): readonly string[] {
    const names = new Set<string>()
    for (const directory of this.#directories())
      for (const name of this.#process.readdir(directory)) if (isUnitName(name)) names.add(name)
    return [...names].sort()
  }

  /** The path of a unit's file, through aliases; undefined where there is none. */
  find(name: string): { readonly id: string; readonly path: string } | undefined {
    for (const directory of this.#directories()) {
      const path = `${directory}/${name}`
      const stat = this.#lstat(path)
      if (stat === undefined) continue
      const target = stat === 'symlink' ? this.#process.readlink(path) : undefined
      const alias = target?.slice(target.lastIndexOf('/') + 1)
      if (
        target !== undefined &&
        target !== '/dev/null' &&
        alias !== undefined &&
        alias !== name &&
        isUnitName(alias)
      ) {
        return this.find(alias) ?? { id: alias, path }
      }
      return { id: name, path }
    }
    return undefined
  }

  /** The unit of a name: its file, drop-ins and links; `not-found` when there is none. */
  load(name: string): UnitConfig {
    const found = this.find(name) ?? this.#template(name)
    const id = found?.id ?? name
    if (found === undefined) return { ...emptyConfig(id), loadState: 'not-found' }
    if (this.#isMasked(found.path))
      return { ...emptyConfig(id), loadState: 'masked', fragmentPath: found.path }
    const paths = [found.path, ...this.#dropIns(id)]
    const readContents = Object.fromEntries(paths.map(path => [path, this.#process.readText(path)]))
    const assignments = paths.flatMap(path => this.#parse(id, path, readContents[path] ?? ''))
    return this.#interpret(id, assignments, {
      fragmentPath: found.path,
      dropInPaths: paths.slice(1),
      readContents,
    })
  }

  /** Whether what a unit was read from is different now. */
  isStale(config: UnitConfig): boolean {
    if (config.loadState !== 'loaded') return false
    const now = [this.find(config.id)?.path ?? '', ...this.#dropIns(config.id)]
    if (now.join('\n') !== [config.fragmentPath, ...config.dropInPaths].join('\n')) return true
    return now.some(path => path !== '' && this.#process.readText(path) !== config.readContents[path])
  }

  #directories(): readonly string[] {
    const real = new Set<string>()
    return UNIT_PATH.filter(path => {
      if (!this.#process.exists(path)) return false
      const target = this.#process.system.fs.realpath(this.#process, path)
      return !real.has(target) && real.add(target)
    })
  }

  #lstat(path: string): string | undefined {
    try {
      return this.#process.lstat(path).type
    } catch (error) {
      if (error instanceof KernelError) return undefined
      throw error
    }
  }

  #isMasked(path: string): boolean {
    if (this.#lstat(path) === 'symlink' && this.#process.readlink(path) === '/dev/null') return true
    return (
      this.#process.exists(path) &&
      this.#process.stat(path).sizeBytes === 0 &&
      this.#process.stat(path).type === 'file'
    )
  }

  #template(name: string): { id: string; path: string } | undefined {
    const match = /^([^@]+@)[^.]+(\..+)$/.exec(name)
    const found = match === null ? undefined : this.find(`${match[1]}${match[2]}`)
    return found === undefined ? undefined : { id: name, path: found.path }
  }

  /** Files NAME.d/*.conf over all directories by base name, and those of the type and of the name's prefixes. */
  #dropIns(name: string): readonly string[] {
    const files = new Map<string, string>()
    const folders = dropInNames(name)
    for (const folder of folders)
      for (const directory of this.#directories())
        for (const file of this.#confFiles(`${directory}/${folder}`))
          if (!files.has(file.name)) files.set(file.name, file.path)
    return [...files.keys()]
      .sort()
      .map(file => files.get(file) ?? '')
      .filter(path => !this.#isMasked(path))
  }

  #confFiles(directory: string): readonly { name: string; path: string }[] {
    if (!this.#process.exists(directory)) return []
    return this.#process
      .readdir(directory)
      .filter(name => name.endsWith('.conf'))
      .map(name => ({ name, path: `${directory}/${name}` }))
  }

  /** Names linked in NAME.wants or NAME.requires. */
  #linked(name: string, kind: 'wants' | 'requires'): readonly string[] {
    return this.#directories().flatMap(directory => {
      const folder = `${directory}/${name}.${kind}`
      return this.#process.exists(folder) ? this.#process.readdir(folder).filter(isUnitName) : []
    })
  }

  #parse(id: string, path: string, text: string): readonly Assignment[] {
    const file = parsed(text)
    for (const { line, message } of file.warnings) this.#warn(id, `${path}:${line}: ${message}`)
    for (const { section, key, line } of file.assignments) {
      if (!isKnown(section, key)) this.#warn(id, `${path}:${line}: ${unknownMessage(section, key)}`)
    }
    return file.assignments.map(assignment => ({
      ...assignment,
      value: expandSpecifiers(assignment.value, id, this.#process),
    }))
  }

  #interpret(
    id: string,
    assignments: readonly Assignment[],
    files: Pick<UnitConfig, 'fragmentPath' | 'dropInPaths' | 'readContents'>,
  ): UnitConfig {
    const settings = new Settings(assignments)
    const service = id.endsWith('.service') ? serviceConfig(settings) : undefined
    const problem = service === undefined ? undefined : serviceProblem(id, service)
    if (problem !== undefined) this.#warn(id, problem)
    const loadState: LoadState = problem === undefined ? 'loaded' : 'bad-setting'
    return {
      ...emptyConfig(id),
      ...files,
      loadState,
      description: settings.last('Unit', 'Description') ?? id,
      documentation: settings.words('Unit', 'Documentation'),
      dependencies: this.#dependencies(id, settings),
      conditions: conditionsOf(assignments),
      service,
      startLimit: {
        intervalNs:
          parseTimeSpanNs(
            settings.last('Unit', 'StartLimitIntervalSec') ??
              settings.last('Service', 'StartLimitInterval') ??
              '10s',
          ) ?? 10e9,
        burst: Number(
          settings.last('Unit', 'StartLimitBurst') ?? settings.last('Service', 'StartLimitBurst') ?? '5',
        ),
      },
    }
  }

  #dependencies(id: string, settings: Settings): Readonly<Record<string, readonly string[]>> {
    const named = Object.fromEntries(DEPENDENCIES.map(kind => [kind, settings.words('Unit', kind)]))
    const hasDefaults = parseBoolean(settings.last('Unit', 'DefaultDependencies') ?? 'yes') ?? true
    const add = (kind: string, ...names: readonly string[]): void => {
      named[kind] = [...new Set([...(named[kind] ?? []), ...names])]
    }
    add('Wants', ...this.#linked(id, 'wants'))
    add('Requires', ...this.#linked(id, 'requires'))
    if (id.endsWith('.target') && hasDefaults) add('After', ...(named.Wants ?? []), ...(named.Requires ?? []))
    if (id.endsWith('.service') && hasDefaults) {
      add('Requires', 'sysinit.target')
      add('After', 'sysinit.target', 'basic.target')
      add('Conflicts', 'shutdown.target')
      add('Before', 'shutdown.target')
    }
    return named
  }
}

const UNIT_NAME =
  /^[\w:@.\\-]+\.(?:service|socket|target|mount|automount|timer|path|slice|scope|swap|device)$/

/** Whether a file name is one of a unit. */
export const isUnitName = (name: string): boolean => UNIT_NAME.test(name)

function emptyConfig(id: string): UnitConfig {
  return {
    id,
    loadState: 'loaded',
    fragmentPath: '',
    dropInPaths: [],
    readContents: {},
    description: id,
    documentation: [],
    dependencies: {},
    conditions: [],
    service: undefined,
    startLimit: { intervalNs: 10e9, burst: 5 },
  }
}

/** Parsed texts: unit files are few and read often, by every machine of an image. */
const parses = new Map<string, UnitFile>()

function parsed(text: string): UnitFile {
  const known = parses.get(text)
  if (known !== undefined) return known
  const file = parseUnitFile(text)
  parses.set(text, file)
  return file
}

/** `a-b.service` has drop-ins in a-b.service.d, a-.service.d and service.d. */
function dropInNames(name: string): readonly string[] {
  const type = name.slice(name.lastIndexOf('.') + 1)
  const stem = name.slice(0, name.lastIndexOf('.'))
  const instance = stem.includes('@') ? [`${stem.slice(0, stem.indexOf('@') + 1)}.${type}.d`] : []
  const dashes = [...stem.matchAll(/-/g)]
    .map(match => `${stem.slice(0, match.index + 1)}.${type}.d`)
    .reverse()
  return [`${name}.d`, ...instance, ...dashes, `${type}.d`]
}

/** Assignments by key, with the rule that an empty one forgets what came before. */
class Settings {
  readonly #values = new Map<string, string[]>()

  constructor(assignments: readonly Assignment[]) {
    for (const { section, key, value } of assignments) {
      const name = `${section}.${key}`
      if (value === '') this.#values.set(name, [])
      else this.#values.set(name, [...(this.#values.get(name) ?? []), value])
    }
  }

  all(section: string, key: string): readonly string[] {
    return this.#values.get(`${section}.${key}`) ?? []
  }

  last(section: string, key: string): string | undefined {
    return this.all(section, key).at(-1)
  }

  words(section: string, key: string): readonly string[] {
    return [...new Set(this.all(section, key).flatMap(splitWords))]
  }
}

const NO_COMMANDS: ServiceConfig['commands'] = {
  ExecCondition: [],
  ExecStartPre: [],
  ExecStart: [],
  ExecStartPost: [],
  ExecReload: [],
  ExecStop: [],
  ExecStopPost: [],
}

function serviceConfig(settings: Settings): ServiceConfig {
  const commands = Object.fromEntries(
    EXEC_KINDS.map(kind => [kind, settings.all('Service', kind).flatMap(parseCommands)]),
  )
  const hasBusName = settings.last('Service', 'BusName') !== undefined
  const implied: ServiceType = hasBusName
    ? 'dbus'
    : (commands.ExecStart?.length ?? 0) === 0
      ? 'oneshot'
      : 'simple'
  const timeout = settings.last('Service', 'TimeoutSec')
  const type = serviceType(settings.last('Service', 'Type')) ?? implied
  const span = (key: string, fallback: string): number =>
    timeoutNs(settings.last('Service', key) ?? timeout ?? fallback)
  return {
    type,
    commands: { ...NO_COMMANDS, ...commands },
    environment: Object.fromEntries(
      settings
        .words('Service', 'Environment')
        .map(word => word.split(/=(.*)/s).slice(0, 2))
        .map(([name = '', value = '']) => [name, value]),
    ),
    environmentFiles: settings
      .all('Service', 'EnvironmentFile')
      .map(path => ({ path: path.replace(/^-/, ''), isOptional: path.startsWith('-') })),
    workingDirectory: settings.last('Service', 'WorkingDirectory') ?? '/',
    user: settings.last('Service', 'User') ?? '',
    restart: restartPolicy(settings.last('Service', 'Restart')),
    restartSecNs: parseTimeSpanNs(settings.last('Service', 'RestartSec') ?? '100ms') ?? 100e6,
    timeoutStartNs: span('TimeoutStartSec', type === 'oneshot' ? 'infinity' : '90s'),
    timeoutStopNs: span('TimeoutStopSec', '90s'),
    remainAfterExit: parseBoolean(settings.last('Service', 'RemainAfterExit') ?? 'no') ?? false,
    successExitStatus: settings.words('Service', 'SuccessExitStatus'),
    killMode: settings.last('Service', 'KillMode') ?? 'control-group',
  }
}

/** Zero turns a time limit off. */
function timeoutNs(text: string): number {
  const span = parseTimeSpanNs(text) ?? 90e9
  return span === 0 ? FOREVER_NS : Math.min(span, FOREVER_NS)
}

const SERVICE_TYPES: readonly ServiceType[] = [
  'simple',
  'exec',
  'forking',
  'oneshot',
  'dbus',
  'notify',
  'idle',
]
const serviceType = (text: string | undefined): ServiceType | undefined =>
  SERVICE_TYPES.find(type => type === text)

const RESTART_POLICIES: readonly RestartPolicy[] = [
  'no',
  'on-success',
  'on-failure',
  'on-abnormal',
  'on-watchdog',
  'on-abort',
  'always',
]
const restartPolicy = (text: string | undefined): RestartPolicy =>
  RESTART_POLICIES.find(policy => policy === text) ?? 'no'

/** A command line: prefixes, then words; a lone `;` starts another command. */
function parseCommands(text: string): readonly ExecCommand[] {
  const lines: string[][] = [[]]
  for (const word of splitWords(text)) {
    if (word === ';') lines.push([])
    else lines.at(-1)?.push(word)
  }
  return lines
    .filter(words => words.length > 0)
    .map(words => {
      const [first = '', ...rest] = words
      const prefix = /^[-@:+!|]*/.exec(first)?.[0] ?? ''
      const path = first.slice(prefix.length)
      const argv = prefix.includes('@') ? rest : [path, ...rest]
      return { path, argv, isFailureIgnored: prefix.includes('-') }
    })
}

/** service_verify() of src/core/service.c. */
function serviceProblem(id: string, service: ServiceConfig): string | undefined {
  const { ExecStart, ExecStop } = service.commands
  if (ExecStart.length === 0 && ExecStop.length === 0 && !service.remainAfterExit)
    return `${id}: Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.`
  if (service.type !== 'oneshot' && ExecStart.length === 0)
    return `${id}: Service has no ExecStart= setting, which is only allowed for Type=oneshot services. Refusing.`
  if (service.type !== 'oneshot' && ExecStart.length > 1)
    return `${id}: Service has more than one ExecStart= setting, which is only allowed for Type=oneshot services. Refusing.`
  return undefined
}

const conditionsOf = (assignments: readonly Assignment[]): readonly Condition[] =>
  assignments
    .filter(
      ({ section, key, value }) =>
        section === 'Unit' && /^(?:Condition|Assert)[A-Z]/.test(key) && value !== '',
    )
    .map(({ key, value }) => ({ name: key, value }))

/** Specifiers of systemd.unit(5) that a file about one host uses. */
function expandSpecifiers(text: string, id: string, process: Process): string {
  if (!text.includes('%')) return text
  const stem = id.slice(0, id.lastIndexOf('.'))
  const at = stem.indexOf('@')
  const instance = at < 0 ? '' : stem.slice(at + 1)
  const { kernel } = process
  const values: Readonly<Record<string, string>> = {
    '%': '%',
    n: id,
    N: stem,
    p: at < 0 ? stem : stem.slice(0, at),
    i: instance,
    I: instance.replaceAll('-', '/'),
    j: stem.slice(stem.lastIndexOf('-') + 1),
    t: '/run',
    S: '/var/lib',
    C: '/var/cache',
    L: '/var/log',
    E: '/etc',
    T: '/tmp',
    V: '/var/tmp',
    u: 'root',
    g: 'root',
    U: '0',
    G: '0',
    h: '/root',
    s: '/bin/sh',
    v: kernel.record.release,
    H: kernel.uts.value.nodename,
    l: kernel.uts.value.nodename.split('.')[0] ?? '',
  }
  return text.replace(/%([a-zA-Z%])/g, (whole, letter: string) => {
    const value = values[letter]
    if (value === undefined) throw new Unsimulated('systemd', `the specifier ${whole} in ${id}`)
    return value
  })
}

const KNOWN_SECTIONS = new Set([
  'Unit',
  'Service',
  'Install',
  'Socket',
  'Mount',
  'Automount',
  'Timer',
  'Path',
  'Slice',
  'Swap',
  'Scope',
  'Target',
])

/** Keys that systemd.directives(7) has for a service and that this model reads or may pass over without harm. */
const SERVICE_KEYS = new RegExp(
  `^(?:Exec\\w+|Type|ExitType|Restart\\w*|Timeout\\w+|RemainAfterExit|GuessMainPID|PIDFile|BusName|Watchdog\\w+|NotifyAccess|Sockets|
  FileDescriptorStoreMax|USBFunction\\w+|OOM\\w+|SuccessExitStatus|StartLimit\\w+|User|Group|DynamicUser|SupplementaryGroups|PAMName|
  WorkingDirectory|Root\\w+|Environment\\w*|PassEnvironment|UnsetEnvironment|Standard\\w+|Syslog\\w+|Log\\w+|TTY\\w+|Limit\\w+|UMask|
  Nice|CPU\\w+|Memory\\w+|Tasks\\w+|IO\\w+|BlockIO\\w+|Device\\w+|Delegate\\w*|Slice|Kill\\w+|Send\\w+|FinalKillSignal|Capability\\w+|
  AmbientCapabilities|NoNewPrivileges|SecureBits|Protect\\w+|Private\\w+|Read\\w+|Inaccessible\\w+|Exec\\w+|NoExecPaths|Bind\\w+|
  TemporaryFileSystem|Mount\\w+|Restrict\\w+|SystemCall\\w+|LockPersonality|RemoveIPC|Runtime\\w+|State\\w+|Cache\\w+|Logs\\w+|
  Configuration\\w+|IP\\w+|KeyringMode|Utmp\\w+|IgnoreSIGPIPE|Personality|NUMA\\w+|TimerSlackNSec|CoredumpFilter|ProcSubset|
  LoadCredential\\w*|SetCredential\\w*|Managed\\w+|Disable\\w+|Socket\\w+|NonBlocking|SameProcessGroup|AppArmorProfile|SELinuxContext|
  SmackProcessLabel|NetworkNamespacePath|FailureAction|SuccessAction|RebootArgument|Reload\\w+|ExtensionImages)$`.replace(
    /\s+/g,
    '',
  ),
)

function isKnown(section: string, key: string): boolean {
  if (section.startsWith('X-') || key.startsWith('X-')) return true
  if (!KNOWN_SECTIONS.has(section)) return false
  return section !== 'Service' || SERVICE_KEYS.test(key)
}

const unknownMessage = (section: string, key: string): string =>
  KNOWN_SECTIONS.has(section)
    ? `Unknown key '${key}' in section [${section}], ignoring.`
    : `Unknown section '${section}'. Ignoring.`
