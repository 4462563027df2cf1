import type { HostErrorReason } from './host.ts'
import { quote } from './wire-script.ts'

/** What the far side writes where it has no sudo: shells differ in their own words for it. */
const NO_SUDO = 'seatrial: there is no sudo'

/**
 * A bootstrap that becomes root by `sudo -n`, which never asks (sudo(8)), where the login is not: an entry command for
 * any shell transport. It holds no newline, backslash or `!`, so that `quote` makes it one word for every login shell:
 * within single quotes a backslash is an escape to fish, and `!` is history to csh.
 */
export const asRoot = (bootstrap: string): string =>
  `LC_ALL=C; export LC_ALL; w_b=${quote(bootstrap)}; if [ "$(id -u)" = 0 ]; then eval "$w_b"; ` +
  'elif command -v sudo >/dev/null; then exec sudo -n -- /bin/sh -c "$w_b"; ' +
  `else echo "${NO_SUDO}" >&2; fi`

/** Why root could not be had, of what sudo or `asRoot` wrote to standard error; undefined where it was not that. */
export function explainSudo(stderr: string, user: string): Explanation | undefined {
  const refusal = REFUSALS.find(([pattern]) => pattern.test(stderr))
  return refusal && { reason: 'auth', message: refusal[1](user) }
}

interface Explanation {
  readonly reason: HostErrorReason
  readonly message: string
}

const remedy = (user: string): string =>
  `log in as root, or let ${user} run everything without a password: ` +
  `a line "${user} ALL=(root) NOPASSWD: ALL" in a file below /etc/sudoers.d (visudo -f FILE)`

/** The words of sudo 1.8 and 1.9 in the C locale (`asRoot` sets it): plugins/sudoers of its source. */
const REFUSALS: readonly (readonly [RegExp, (user: string) => string])[] = [
  [new RegExp(NO_SUDO), user => `${user} is not root, and sudo is not installed there: log in as root`],
  [
    /sudo: (?:sorry, )?you must have a (?:tty|terminal) to run sudo/,
    user =>
      `sudo there refuses ${user} without a terminal: remove "requiretty" from its configuration, ` +
      `or add the line "Defaults:${user} !requiretty" (visudo)`,
  ],
  [/sudo: (?:a|interactive) (?:password|authentication) is required/, user => needsPassword(user)],
  [
    /is not in the sudoers file|is not allowed to (?:execute|run)|may not run sudo/,
    user => `sudo there does not let ${user} become root; ${remedy(user)}`,
  ],
  [/^sudo: /m, user => `sudo there fails for ${user}; ${remedy(user)}`],
]

const needsPassword = (user: string): string =>
  `sudo there wants a password of ${user}, and is never given one; ${remedy(user)}`
