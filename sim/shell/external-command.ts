import { type ErrnoName, KernelError, strerror } from '../../src/host/errno.ts'
import type { Blocking } from '../scheduler.ts'
import { Replaced } from './control.ts'
import { waitForChild } from './foreground.ts'
import type { Shell } from './shell.ts'

export interface ProgramOptions {
  readonly env: ReadonlyMap<string, string>
  /** The program takes this process over instead of a child. */
  readonly isLast: boolean
}

/** Runs a program that is found on PATH; 127 when there is none, 126 when it cannot be executed. */
export function* runProgram(
  shell: Shell,
  argv: readonly string[],
  options: ProgramOptions,
): Blocking<number> {
  const path = lookUp(shell, argv[0] ?? '', options.env)
  if (path === undefined) return notFound(shell, argv[0] ?? '')
  try {
    if (options.isLast) throw replace(shell, path, { argv, env: options.env })
    return yield* waitForChild(shell, shell.process.spawn(path, argv, { env: options.env }))
  } catch (thrown) {
    if (!(thrown instanceof KernelError)) throw thrown
    if (thrown.errno === 'ENOEXEC') return yield* runAsScript(shell, path, { argv, env: options.env })
    return refused(shell, path, thrown.errno)
  }
}

/** execve(2) in the shell's own process; its redirections stay. Throws `KernelError`. */
export function replace(
  shell: Shell,
  path: string,
  { argv, env }: { argv: readonly string[]; env: ReadonlyMap<string, string> },
): Replaced {
  const program = shell.process.execve(path, argv, env)
  shell.isReplaced = true
  return new Replaced(program)
}

/** Where a command's program is: the name itself if it has a slash. */
export function lookUp(
  shell: Shell,
  name: string,
  env: ReadonlyMap<string, string> = shell.environment,
): string | undefined {
  return shell.process.which(name, shell.variables.text('PATH') ?? env.get('PATH'))
}

function notFound(shell: Shell, name: string): number {
  const handler = shell.isBash ? shell.functions.get('command_not_found_handle') : undefined
  if (handler !== undefined) throw shell.unsimulated('command_not_found_handle')
  shell.complain(shell.isBash ? `${name}: command not found` : `${name}: not found`)
  return 127
}

/** Both shells read a file that execve(2) does not know as a script of their own. */
function* runAsScript(
  shell: Shell,
  path: string,
  options: { argv: readonly string[]; env: ReadonlyMap<string, string> },
): Blocking<number> {
  const { argv, env } = options
  const program = shell.interpreter.program(shell.origin.dialect)
  const name = shell.isBash ? 'bash' : 'sh'
  return yield* waitForChild(shell, shell.process.start(program, [name, path, ...argv.slice(1)], { env }))
}

/** What is said when execve(2) refuses: shell_execve() of bash's execute_cmd.c, shellexec() of dash's exec.c. */
export function refused(shell: Shell, path: string, errno: ErrnoName): number {
  const isMissing = errno === 'ENOENT' || errno === 'ENOTDIR'
  if (!shell.isBash) {
    shell.complain(`${path}: ${isMissing ? 'not found' : strerror(errno)}`)
    return isMissing ? 127 : 126
  }
  shell.complain(`${path}: ${wordsOf(shell, path, errno)}`)
  return isMissing ? 127 : 126
}

function wordsOf(shell: Shell, path: string, errno: ErrnoName): string {
  const { process } = shell
  if (errno === 'ENOENT' && process.exists(path)) return 'cannot execute: required file not found'
  if (errno === 'EACCES' && process.exists(path) && process.stat(path).type === 'directory')
    return strerror('EISDIR')
  return strerror(errno)
}
