import { KernelError, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { type SystemdRelease, servicePath } from '../formats/systemd-release.ts'
import { splitWords } from '../formats/unit-file.ts'
import type { OpenFile } from '../fs/open-file.ts'
import { InputStream } from '../fs/pipe.ts'
import type { Process, Program } from '../process.ts'
import { EXIT_CHDIR, EXIT_EXEC, EXIT_GROUP, EXIT_USER } from './exit-status.ts'
import type { Journal } from './journal.ts'
import type { ExecCommand, ServiceConfig, UnitConfig } from './state.ts'

/** Where nothing says who a service runs as, its user's name alone is told (recorded; cf. SetLoginEnvironment= of systemd.exec(5)). */
const USER_OF_ROOT = [['USER', 'root']] as const

export interface SpawnContext {
  /** PID 1. */
  readonly init: Process
  readonly journal: Journal
  readonly config: UnitConfig
  readonly service: ServiceConfig
  /** What PID 1 tells the command: NOTIFY_SOCKET, MAINPID, SERVICE_RESULT. */
  readonly variables: Readonly<Record<string, string>>
  readonly release: SystemdRelease
  /** Stands in for a program that is not modelled, where the image saw the unit run. */
  readonly recordedProgram: Program | undefined
}

export interface Spawned {
  readonly pid: number
  /** False: the child never got to its program, and says so with its exit status. */
  readonly isExecuted: boolean
}

/**
 * Forks off one command of a unit. What execve(2) refuses, the child says and exits with, as systemd's own does; what
 * keeps PID 1 from forking at all is told in a word.
 */
export function spawnCommand(command: ExecCommand, context: SpawnContext): Spawned | string {
  const { init, config, service, journal } = context
  const environment = environmentOf(context)
  if (typeof environment === 'string') return environment
  const argv = command.isExpanding ? expandArguments(command.argv, environment) : command.argv
  const directory = init.exists(service.workingDirectory) ? service.workingDirectory : '/'
  const { body, ...program } = programOf(command, argv, context)
  let pid = 0
  const identifier = service.syslogIdentifier || baseName(command.path)
  const output = (kind: string): OpenFile =>
    journal.stream({ unit: config.id, identifier, pid: () => pid, isDiscarded: kind === 'null' })
  const stdout = output(outputKind(config.id, service.standardOutput))
  const isInherited = service.standardError === 'inherit'
  const stderr = isInherited ? stdout : output(outputKind(config.id, service.standardError))
  const telling: Program = process => {
    if (command.isExpanding) tellUnset(command.argv, environment, context)
    return body(process)
  }
  const child = init.start(telling, program.argv, {
    env: environment,
    cwd: directory,
    files: new Map([
      [0, new InputStream(new Uint8Array())],
      [1, stdout],
      [2, stderr],
    ]),
    cgroup: controlGroup(config.id),
    exe: program.exe,
  })
  pid = child.pid
  return { pid, isExecuted: program.isExecuted }
}

/** Where a service's processes are: instances have a slice of their own. */
export function controlGroup(id: string): string {
  const at = id.indexOf('@')
  if (at < 0) return `/system.slice/${id}`
  return `/system.slice/system-${id.slice(0, at).replaceAll('-', '\\x2d')}.slice/${id}`
}

function outputKind(id: string, setting: string): string {
  const [kind = ''] = setting.split('+')
  if (['journal', 'syslog', 'kmsg', 'inherit', 'null', 'tty', 'socket'].includes(kind)) return kind
  throw new Unsimulated('systemd', `StandardOutput=${setting} in ${id}`)
}

interface Startable {
  readonly body: Program
  readonly argv: readonly string[]
  readonly exe: string
  readonly isExecuted: boolean
}

function programOf(command: ExecCommand, argv: readonly string[], context: SpawnContext): Startable {
  const { init, service, recordedProgram } = context
  const path = command.path.includes('/')
    ? command.path
    : init.which(command.path, servicePath(context.release))
  const refusal = refusalOf(context)
  if (refusal !== undefined) return refusing(context, command, refusal)
  try {
    if (path === undefined) throw new KernelError('ENOENT')
    const loaded = init.system.load(init, path)
    const all = loaded.argv.length > 0 ? [...loaded.argv, ...argv.slice(1)] : argv
    if (service.user !== '' && service.user !== 'root' && recordedProgram === undefined)
      throw new Unsimulated('systemd', `User=${service.user} in ${context.config.id}`)
    if (service.group !== '' && service.group !== 'root' && recordedProgram === undefined)
      throw new Unsimulated('systemd', `Group=${service.group} in ${context.config.id}`)
    return { body: loaded.program, argv: all, exe: loaded.exe, isExecuted: true }
  } catch (error) {
    if (error instanceof Unsimulated && recordedProgram !== undefined)
      return { body: recordedProgram, argv, exe: path ?? '', isExecuted: true }
    if (!(error instanceof KernelError)) throw error
    return refusing(context, command, { step: 'EXEC', exitCode: EXIT_EXEC, reason: strerror(error.errno) })
  }
}

interface Refusal {
  readonly step: 'EXEC' | 'CHDIR' | 'USER' | 'GROUP'
  readonly exitCode: number
  readonly reason: string
  /** A sentence of its own before the general one. */
  readonly message?: string
}

/** What goes wrong before execve(2), in the order of exec_child(). */
function refusalOf(context: SpawnContext): Refusal | undefined {
  const { init, service, release } = context
  const reason = strerror(release.words.noAccount)
  if (service.user !== '' && !isAccount(init, '/etc/passwd', service.user))
    return { step: 'USER', exitCode: EXIT_USER, reason, message: release.words.noUser(service.user) }
  if (service.group !== '' && !isAccount(init, '/etc/group', service.group))
    return { step: 'GROUP', exitCode: EXIT_GROUP, reason, message: release.words.noGroup(service.group) }
  return noDirectory(context)
}

function noDirectory({ init, service }: SpawnContext): Refusal | undefined {
  if (service.isWorkingDirectoryOptional || init.exists(service.workingDirectory)) return undefined
  const reason = strerror('ENOENT')
  const message = `Changing to the requested working directory failed: ${reason}`
  return { step: 'CHDIR', exitCode: EXIT_CHDIR, reason, message }
}

/** Whether a user or group is in its file; root is without one, and a number needs none. */
function isAccount(init: Process, file: string, name: string): boolean {
  if (name === 'root' || /^\d+$/.test(name)) return true
  return init
    .readText(file)
    .split('\n')
    .some(line => line.startsWith(`${name}:`))
}

/** A child that never got to its program. */
function refusing(context: SpawnContext, command: ExecCommand, refusal: Refusal): Startable {
  const { journal, config } = context
  const identifier = context.release.words.childIdentifier(baseName(command.path))
  const body: Program = process => {
    const say = (text: string): void =>
      journal.append({
        identifier,
        pid: process.pid,
        unit: config.id,
        message: `${config.id}: ${text}`,
        priority: 3,
      })
    if (refusal.message !== undefined) say(refusal.message)
    say(`Failed at step ${refusal.step} spawning ${command.path}: ${refusal.reason}`)
    return refusal.exitCode
  }
  return { body, argv: command.argv, exe: command.path, isExecuted: false }
}

/** systemd.exec(5), "Environment Variables": files win over settings. A string is why PID 1 gives up. */
function environmentOf(context: SpawnContext): Map<string, string> | string {
  const { init, service, config, journal } = context
  const environment = new Map([
    ['LANG', 'C.UTF-8'],
    ['PATH', servicePath(context.release)],
    ...(context.release.tellsUser && service.user === '' ? USER_OF_ROOT : []),
    ...Object.entries(context.variables),
  ])
  const put = (assignment: string): void => {
    const at = assignment.indexOf('=')
    environment.set(assignment.slice(0, at), assignment.slice(at + 1))
  }
  service.environment.forEach(put)
  for (const { path, isOptional } of service.environmentFiles) {
    if (init.exists(path)) environmentLines(init.readText(path)).forEach(put)
    else if (!isOptional) {
      const reason = strerror('ENOENT')
      journal.say(config.id, `${config.id}: Failed to load environment files: ${reason}`, 4)
      return reason
    }
  }
  return environment
}

/** EnvironmentFile= of systemd.exec(5): assignments, with quotes; spaces within a value stay. */
function environmentLines(text: string): readonly string[] {
  return text.split('\n').flatMap(line => {
    const [, name, value = ''] = /^\s*([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    return name === undefined ? [] : [`${name}=${unquote(value)}`]
  })
}

/** parse_env_file(): in single quotes all is plain, in double quotes a backslash escapes `"`, `\`, `` ` `` and `$`. */
function unquote(value: string): string {
  return value.replace(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g,
    (_, single: string | undefined, double: string | undefined, escaped: string | undefined) =>
      single ?? double?.replace(/\\(["\\`$])/g, '$1') ?? escaped ?? '',
  )
}

/** What is referred to and not set is said since 254. */
function tellUnset(
  argv: readonly string[],
  environment: ReadonlyMap<string, string>,
  { release, journal, config }: SpawnContext,
): void {
  if (!release.tellsUnset) return
  const names = argv.flatMap(argument =>
    [...argument.matchAll(/\$\$|\$\{(\w+)\}|^\$([A-Za-z_]\w*)$/g)].flatMap(([, a, b]) => a ?? b ?? []),
  )
  const unset = [...new Set(names)].filter(name => !environment.has(name))
  if (unset.length === 0) return
  const [noun, verb] = unset.length === 1 ? ['variable', 'evaluates'] : ['variables', 'evaluate']
  journal.say(
    config.id,
    `${config.id}: Referenced but unset environment ${noun} ${verb} to an empty string: ${unset.join(', ')}`,
    4,
  )
}

/** `$NAME` alone becomes words, `${NAME}` its value, `$$` a dollar: replace_env_argv(). */
function expandArguments(
  argv: readonly string[],
  environment: ReadonlyMap<string, string>,
): readonly string[] {
  const [first = '', ...rest] = argv
  const expanded = rest.flatMap(argument => {
    const alone = /^\$([A-Za-z_]\w*)$/.exec(argument)?.[1]
    if (alone !== undefined) return splitWords(environment.get(alone) ?? '')
    return [
      argument.replace(/\$\$|\$\{(\w+)\}/g, (whole, name: string | undefined) =>
        name === undefined ? '$' : (environment.get(name) ?? (whole === '$$' ? '$' : '')),
      ),
    ]
  })
  return [first, ...expanded]
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
