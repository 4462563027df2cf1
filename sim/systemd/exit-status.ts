import { SIGNAL_NUMBER, type SignalName } from '../process.ts'

/** Who gave an exit status its name. */
type Origin = 'libc' | 'systemd' | 'lsb' | 'bsd'

/** Names of exit statuses: exit_status_mappings of src/shared/exit-status.c. */
const NAMES: readonly (readonly [status: number, name: string, origin: Origin])[] = [
  [0, 'SUCCESS', 'libc'],
  [1, 'FAILURE', 'libc'],
  [2, 'INVALIDARGUMENT', 'lsb'],
  [3, 'NOTIMPLEMENTED', 'lsb'],
  [4, 'NOPERMISSION', 'lsb'],
  [5, 'NOTINSTALLED', 'lsb'],
  [6, 'NOTCONFIGURED', 'lsb'],
  [7, 'NOTRUNNING', 'lsb'],
  [64, 'USAGE', 'bsd'],
  [65, 'DATAERR', 'bsd'],
  [66, 'NOINPUT', 'bsd'],
  [67, 'NOUSER', 'bsd'],
  [68, 'NOHOST', 'bsd'],
  [69, 'UNAVAILABLE', 'bsd'],
  [70, 'SOFTWARE', 'bsd'],
  [71, 'OSERR', 'bsd'],
  [72, 'OSFILE', 'bsd'],
  [73, 'CANTCREAT', 'bsd'],
  [74, 'IOERR', 'bsd'],
  [75, 'TEMPFAIL', 'bsd'],
  [76, 'PROTOCOL', 'bsd'],
  [77, 'NOPERM', 'bsd'],
  [78, 'CONFIG', 'bsd'],
  [200, 'CHDIR', 'systemd'],
  [201, 'NICE', 'systemd'],
  [202, 'FDS', 'systemd'],
  [203, 'EXEC', 'systemd'],
  [204, 'MEMORY', 'systemd'],
  [205, 'LIMITS', 'systemd'],
  [206, 'OOM_ADJUST', 'systemd'],
  [207, 'SIGNAL_MASK', 'systemd'],
  [208, 'STDIN', 'systemd'],
  [209, 'STDOUT', 'systemd'],
  [210, 'CHROOT', 'systemd'],
  [211, 'IOPRIO', 'systemd'],
  [212, 'TIMERSLACK', 'systemd'],
  [213, 'SECUREBITS', 'systemd'],
  [214, 'SETSCHEDULER', 'systemd'],
  [215, 'CPUAFFINITY', 'systemd'],
  [216, 'GROUP', 'systemd'],
  [217, 'USER', 'systemd'],
  [218, 'CAPABILITIES', 'systemd'],
  [219, 'CGROUP', 'systemd'],
  [220, 'SETSID', 'systemd'],
  [221, 'CONFIRM', 'systemd'],
  [222, 'STDERR', 'systemd'],
  [224, 'PAM', 'systemd'],
  [225, 'NETWORK', 'systemd'],
  [226, 'NAMESPACE', 'systemd'],
  [227, 'NO_NEW_PRIVILEGES', 'systemd'],
  [228, 'SECCOMP', 'systemd'],
  [229, 'SELINUX_CONTEXT', 'systemd'],
  [230, 'PERSONALITY', 'systemd'],
  [231, 'APPARMOR', 'systemd'],
  [232, 'ADDRESS_FAMILIES', 'systemd'],
  [233, 'RUNTIME_DIRECTORY', 'systemd'],
  [235, 'CHOWN', 'systemd'],
  [236, 'SMACK_PROCESS_LABEL', 'systemd'],
  [237, 'KEYRING', 'systemd'],
  [238, 'STATE_DIRECTORY', 'systemd'],
  [239, 'CACHE_DIRECTORY', 'systemd'],
  [240, 'LOGS_DIRECTORY', 'systemd'],
  [241, 'CONFIGURATION_DIRECTORY', 'systemd'],
  [242, 'NUMA_POLICY', 'systemd'],
  [243, 'CREDENTIALS', 'systemd'],
  [244, 'BPF', 'systemd'],
  [255, 'EXCEPTION', 'systemd'],
]

const BY_STATUS = new Map(NAMES.map(([status, name, origin]) => [status, { name, origin }]))

export const EXIT_CHDIR = 200
export const EXIT_EXEC = 203
export const EXIT_GROUP = 216
export const EXIT_USER = 217

/** The signal that an exit status of 128 + n stands for. */
export function signalOf(exitCode: number): SignalName | undefined {
  const names = Object.keys(SIGNAL_NUMBER) as SignalName[]
  return exitCode > 128 ? names.find(name => SIGNAL_NUMBER[name] === exitCode - 128) : undefined
}

/** How the journal tells of an exit: `code=exited, status=1/FAILURE`, `code=killed, status=15/TERM`. */
export function exitWords(exitCode: number): string {
  const signal = signalOf(exitCode)
  if (signal !== undefined) return `code=killed, status=${SIGNAL_NUMBER[signal]}/${signal}`
  return `code=exited, status=${exitCode}/${BY_STATUS.get(exitCode)?.name ?? 'n/a'}`
}

/** How `systemctl status` tells of it: only names of libc and systemd, and no number of a signal. */
export function statusWords(exitCode: number): string {
  const signal = signalOf(exitCode)
  if (signal !== undefined) return `code=killed, signal=${signal}`
  const known = BY_STATUS.get(exitCode)
  const name = known?.origin === 'libc' || known?.origin === 'systemd' ? `/${known.name}` : ''
  return `code=exited, status=${exitCode}${name}`
}

/** A list of SuccessExitStatus= and its like: numbers, names, signals. */
export function isInStatusSet(set: readonly string[], exitCode: number): boolean {
  const signal = signalOf(exitCode)
  if (signal !== undefined) return set.includes(`SIG${signal}`) || set.includes(signal)
  return set.includes(String(exitCode)) || set.includes(BY_STATUS.get(exitCode)?.name ?? '')
}

/**
 * is_clean_exit(): 0, what the unit names, and for a daemon SIGHUP, SIGINT, SIGTERM and SIGPIPE; for a command the
 * signals are no success.
 */
export function isCleanExit(
  exitCode: number,
  kind: 'daemon' | 'command',
  success: readonly string[],
): boolean {
  const signal = signalOf(exitCode)
  if (exitCode === 0 || isInStatusSet(success, exitCode)) return true
  return kind === 'daemon' && signal !== undefined && ['HUP', 'INT', 'TERM', 'PIPE'].includes(signal)
}
