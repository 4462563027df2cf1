import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/**
 * What is kept of a virtual machine, one directory a name: the sockets `agent` (qemu-guest-agent) and `qmp`, the log
 * `console`, the disk, and the `pid` of the QEMU that runs it. Who started it and who speaks to it meet here.
 */
export function vmDirectory(name: string): string {
  if (!isVmName(name)) throw new RangeError(`not a name of a virtual machine: ${JSON.stringify(name)}`)
  return join(vmStateDirectory(), name)
}

/** Letters, digits, dots and dashes, so that it can be a file name; `debian-12`. */
export const isVmName = (name: string): boolean => /^[a-z0-9][a-z0-9.-]{0,62}$/.test(name)

/** `$XDG_STATE_HOME/seatrial/vm`, by default `~/.local/state/seatrial/vm` (XDG Base Directory Specification). */
export function vmStateDirectory(): string {
  const base = process.env.XDG_STATE_HOME ?? ''
  return join(isAbsolute(base) ? base : join(homedir(), '.local', 'state'), 'seatrial', 'vm')
}

/** The names that there are directories for, running or not, sorted. */
export function vmNames(): string[] {
  const directory = vmStateDirectory()
  return existsSync(directory) ? readdirSync(directory).filter(isVmName).sort() : []
}

/** The process that runs it: QEMU's; undefined when it has ended. */
export function vmProcess(directory: string): number | undefined {
  const [pid = '', startTime] = readOr(join(directory, 'pid')).trim().split(' ')
  return startTime !== undefined && processStartTime(Number(pid)) === startTime ? Number(pid) : undefined
}

/**
 * When a process was started, in clock ticks since boot (proc_pid_stat(5), field 22): with it a process number names one
 * process and no later one. Undefined for one that is gone, or only waits for its parent to notice; one that was killed
 * holds its files and sockets until its last thread is gone.
 */
export function processStartTime(pid: number): string | undefined {
  const text = readOr(`/proc/${pid}/stat`)
  const [state, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const isGone = state === 'X' || (state === 'Z' && threadCount(pid) <= 1)
  return isGone ? undefined : fields[18]
}

function threadCount(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).length
  } catch {
    return 0
  }
}

/** What the guest wrote on its serial console since it was last started or restored. */
export function consoleText(directory: string): string {
  const since = Number(readOr(join(directory, 'console.since')) || 0)
  const path = join(directory, 'console')
  return existsSync(path) ? readFileSync(path).subarray(since).toString('utf8').replaceAll('\r', '') : ''
}

/** The last lines of the console, for a person: without colours and cursor movements, and without what systemd waits for. */
export const consoleEnd = (directory: string, lines = 30): string =>
  consoleText(directory)
    .replace(CONTROL_SEQUENCE, '')
    .trimEnd()
    .split('\n')
    .filter(line => !WAITING_JOB.test(line))
    .slice(-lines)
    .join('\n')

/** ECMA-48 control sequences, and reverse index (console_codes(4)). */
const CONTROL_SEQUENCE = /\u001b(?:\[[0-9;]*[A-Za-z]|M)/g

/** The line with a moving asterisk that systemd writes several times a second while a job takes long (src/core/manager.c). */
const WAITING_JOB = /^\[[ *]+\] (?:\(\d+ of \d+\) )?(?:A (?:start|stop) job|Job) /

/**
 * The kernel's words for why it stopped; undefined unless it panicked. They are the beginning of a line, after the time
 * stamp (kernel/panic.c), so that a log which merely quotes them is not taken for it.
 */
export const panicIn = (directory: string): string | undefined =>
  /^(?:\[ *\d+\.\d+\] )(Kernel panic - not syncing.*)/m.exec(consoleText(directory))?.[1]

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
