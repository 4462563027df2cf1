import { KernelError, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { splitWords } from '../formats/unit-file.ts'
import { InputStream } from '../fs/pipe.ts'
import type { Child, Process, Program } from '../process.ts'
import type { Journal } from './journal.ts'
import type { ExecCommand, UnitConfig } from './state.ts'

/** Exit statuses that systemd gives itself: systemd.exec(5), "Process Exit Codes". */
export const EXIT_EXEC = 203
const EXIT_CHDIR = 200
const EXIT_USER = 217

const SERVICE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin'

export interface SpawnContext {
  /** PID 1. */
  readonly init: Process
  readonly journal: Journal
  readonly config: UnitConfig
  /** `NOTIFY_SOCKET` is set: its messages are listened to. */
  readonly isNotifying: boolean
  /** Stands in for a program that is not modelled, where the image saw the unit run. */
  readonly recordedProgram: Program | undefined
}

/** Forks off one command of a unit. What execve(2) refuses, the child says and exits with, as systemd's own does. */
export function spawnCommand(command: ExecCommand, context: SpawnContext): Child {
  const { init, config } = context
  const argv = expandArguments(command.argv, environmentOf(context))
  const program = programOf(command, argv, context)
  let pid = 0
  const identifier = baseName(command.path)
  const output = context.journal.stream({ unit: config.id, identifier, pid: () => pid })
  const child = init.start(program.body, program.argv, {
    env: environmentOf(context),
    cwd: config.service?.workingDirectory ?? '/',
    files: new Map([
      [0, new InputStream(new Uint8Array())],
      [1, output],
      [2, output],
    ]),
    cgroup: `/system.slice/${config.id}`,
    exe: program.exe,
  })
  pid = child.pid
  return child
}

interface Startable {
  readonly body: Program
  readonly argv: readonly string[]
  readonly exe: string
}

function programOf(command: ExecCommand, argv: readonly string[], context: SpawnContext): Startable {
  const { init, config } = context
  const user = config.service?.user ?? ''
  if (user !== '' && user !== 'root' && context.recordedProgram === undefined)
    throw new Unsimulated('systemd', `User=${user} in ${config.id}`)
  const directory = config.service?.workingDirectory ?? '/'
  if (!directory.startsWith('-') && !init.exists(directory))
    return refusing(
      context,
      EXIT_CHDIR,
      `Changing to the requested working directory failed: ${strerror('ENOENT')}`,
      command,
    )
  const path = command.path.includes('/') ? command.path : init.which(command.path, SERVICE_PATH)
  try {
    if (path === undefined || !init.exists(path)) throw new KernelError('ENOENT')
    const loaded = init.system.load(init, path)
    return {
      body: loaded.program,
      argv: loaded.argv.length > 0 ? [...loaded.argv, ...argv.slice(1)] : argv,
      exe: loaded.exe,
    }
  } catch (error) {
    if (error instanceof Unsimulated && context.recordedProgram !== undefined)
      return { body: context.recordedProgram, argv, exe: path ?? command.path }
    if (!(error instanceof KernelError)) throw error
    return refusing(context, EXIT_EXEC, locateMessage(command, error), command)
  }
}

const locateMessage = (command: ExecCommand, error: KernelError): string =>
  error.errno === 'ENOENT'
    ? `Failed to locate executable ${command.path}: ${strerror('ENOENT')}`
    : `Failed to execute ${command.path}: ${strerror(error.errno)}`

/** A child that never got to its program: exec_child() of src/core/execute.c logs under the last eight letters of the name. */
function refusing(context: SpawnContext, exitCode: number, message: string, command: ExecCommand): Startable {
  const { journal, config } = context
  const step = exitCode === EXIT_EXEC ? 'EXEC' : exitCode === EXIT_USER ? 'USER' : 'CHDIR'
  const reason = message.slice(message.lastIndexOf(': ') + 2)
  const body: Program = process => {
    const identifier = `(${baseName(command.path).slice(-8)})`
    const say = (text: string): void =>
      journal.append({
        identifier,
        pid: process.pid,
        unit: config.id,
        message: `${config.id}: ${text}`,
        priority: 3,
      })
    say(message)
    say(`Failed at step ${step} spawning ${command.path}: ${reason}`)
    return exitCode
  }
  return { body, argv: command.argv, exe: command.path }
}

function environmentOf(context: SpawnContext): Map<string, string> {
  const { init, config } = context
  const environment = new Map([
    ['LANG', 'C.UTF-8'],
    ['PATH', SERVICE_PATH],
  ])
  for (const { path, isOptional } of config.service?.environmentFiles ?? []) {
    if (!init.exists(path)) {
      if (isOptional) continue
      throw new Unsimulated('systemd', `a missing EnvironmentFile=${path}`)
    }
    for (const [name, value] of environmentLines(init.readText(path))) environment.set(name, value)
  }
  for (const [name, value] of Object.entries(config.service?.environment ?? {})) environment.set(name, value)
  if (context.isNotifying) environment.set('NOTIFY_SOCKET', '/run/systemd/notify')
  return environment
}

/** EnvironmentFile= of systemd.exec(5): assignments, with quotes. */
function environmentLines(text: string): readonly (readonly [string, string])[] {
  return text.split('\n').flatMap(line => {
    const match = /^\s*([A-Za-z_]\w*)=(.*)$/.exec(line)
    return match?.[1] === undefined ? [] : [[match[1], splitWords(match[2] ?? '').join(' ')] as const]
  })
}

/** `$NAME` alone becomes words, `${NAME}` its value: systemd.service(5), "Command Lines". */
function expandArguments(
  argv: readonly string[],
  environment: ReadonlyMap<string, string>,
): readonly string[] {
  return argv.flatMap(argument => {
    const alone = /^\$([A-Za-z_]\w*)$/.exec(argument)?.[1]
    if (alone !== undefined) return splitWords(environment.get(alone) ?? '')
    return [
      argument
        .replace(/\$\{(\w+)\}/g, (_, name: string) => environment.get(name) ?? '')
        .replaceAll('$$', '$'),
    ]
  })
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
