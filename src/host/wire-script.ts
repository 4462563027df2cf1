import { EXEC } from './wire-script-exec.ts'
import { READ, WRITE } from './wire-script-files.ts'

/**
 * What runs on the far side: POSIX shell for dash and bash, coreutils, findutils' find and util-linux' flock.
 *
 * Every name starts with `w_`, so that no variable of the host's environment is overwritten and passed on. Programs get
 * streams of their own, never the shell's, which carry the frames. The whole script is one `{ … }`: a script whose
 * tail was lost on the way is a syntax error, and nothing of it runs.
 */

/**
 * The argument of `sh -c`, always the same. The script cannot be an argument (MAX_ARG_STRLEN, execve(2): 128 KiB)
 * nor be read by the shell itself, whose read-ahead would swallow payload: `read` takes single bytes, `head -c` no
 * byte more than it is told. Each batch has a subshell of its own and leaves nothing to the next; one that did not come
 * to its end is the last, and so is that after which the stream ends.
 */
export const BOOTSTRAP =
  'LC_ALL=C; export LC_ALL; while read -r w_n; do (eval "$(head -c "$w_n")") || exit; done'

/** A word that the shell takes literally, whatever bytes it holds. */
export const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

const SETTING = `
unset -v LANGUAGE POSIXLY_CORRECT CDPATH
PATH=\${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
umask 022
set -f
cd /
trap : PIPE
w_nl='
'
w_stopped= w_begun= w_tries=0
w_die() { printf '%s\\n' "$1" >&2; exit 1; }
for w_d in /run /dev/shm /tmp; do
  w_t=$(mktemp -d -- "$w_d/seatrial-XXXXXXXXXX" 2>/dev/null) || continue
  { printf x >"$w_t/in"; } 2>/dev/null && break
  rm -rf -- "$w_t"
  w_t=
done
[ -n "$w_t" ] || w_die 'no directory of /run, /dev/shm and /tmp can be written to'
trap 'rm -rf -- "$w_t"' EXIT
`

/**
 * Payload is spooled, so that a program which does not read it leaves the stream where it should be. The line after it
 * proves that it came whole: half a payload is never written or run.
 */
const PAYLOAD = `
w_take() {
  head -c "$1" >"$w_t/in" && read -r w_x && [ "$w_x" = ok ] || w_die "$1 bytes of payload did not arrive"
  w_in=$w_t/in
}
w_skip() { head -c "$1" >/dev/null && read -r w_x; }
`

const REPLY = `
w_failed() { w_stopped=$w_stop; }
w_done() { printf 'done %s\\n' "$w_id"; }
w_errno() { printf 'errno %s %s\\n' "$w_id" "$1"; w_failed; }
w_say() { printf 'message %s %s\\n%s' "$w_id" "\${#1}" "$1"; w_failed; }
w_said() { w_say "$(cat -- "$w_t/e")"; }
`

/** Opening the lock is left to a redirection; what it was refused for is asked of `dd`, since dash does not say. */
const LOCK = `
w_with_lock() {
  w_open=
  {
    w_open=1
    flock -n 9
    case $? in 0) w_batch ;; 1) printf 'locked\\n' ;; *) w_die "flock of $1 failed" ;; esac
  } 9>>"$1"
  [ -n "$w_open" ] && return
  dd of="$1" count=0 conv=notrunc status=none 2>"$w_t/e"
  w_id=lock
  w_said
}
`

export interface ScriptOptions {
  /** What the first line repeats: whatever a login prints before it is not ours. */
  readonly nonce: string
  readonly isStopping: boolean
  readonly lock: string | undefined
}

/** The script around the calls that carry out a batch. */
export function wrapCalls(calls: readonly string[], options: ScriptOptions): string {
  const functions = `${PAYLOAD}${REPLY}${EXEC}${READ}${WRITE}${options.lock === undefined ? '' : LOCK}`
  const start = options.lock === undefined ? 'w_batch' : `w_with_lock ${quote(options.lock)}`
  return `{${SETTING}${functions}
w_stop=${options.isStopping ? 1 : ''}
w_batch() {
:
${calls.join('\n')}
}
printf 'seatrial %s\\n' '${options.nonce}'
${start}
rm -rf -- "$w_t"
trap - EXIT
printf 'end\\n'
exit 0
}`
}
