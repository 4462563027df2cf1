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
 * byte more than it is told.
 */
export const BOOTSTRAP = 'LC_ALL=C; export LC_ALL; read -r w_n && eval "$(head -c "$w_n")"'

/** A word that the shell takes literally, whatever bytes it holds. */
export const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/** How `stat` says what lstat(2) or stat(2) found: raw mode in hex, uid, gid, size, mtime, ctime. */
const STAT = '%f %u %g %s %.9Y %.9Z'

/** The same from `find`: types of the entry and of what it points at, permission bits in octal; name and target. */
const FIND = '%y%Y %m %U %G %s %T@ %C@\\0%f\\0%l\\0'

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
w_stopped= w_tries=0
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
w_say() { printf '%s %s %s\\n%s' "$1" "$w_id" "\${#2}" "$2"; w_failed; }
w_said() { w_say message "$(cat -- "$w_t/e")"; }
`

/**
 * `timeout` makes the process group and, in it, gives SIGINT and SIGQUIT back their default action, which a shell takes
 * from what it starts with \`&\`. It leaves when the program does, so who else is in the group is ended here. Output
 * files are new for each program: a process left behind may still write to the old ones.
 */
const EXEC = `
w_clock() {
  read -r w_up w_x </proc/uptime
  w_cs=1\${w_up#*.}
  w_now=$((\${w_up%.*} * 1000 + (w_cs - 100) * 10))
}
w_seconds() {
  w_ms=$(($1 % 1000 + 1000))
  w_s=$(($1 / 1000)).\${w_ms#1}
}
w_enter() {
  [ "$1" = / ] && return
  cd -- "$1" 2>/dev/null && return
  env -C "$1" true 2>"$w_t/e"
  w_said
  return 1
}
w_run() {
  w_seconds "$1"
  w_clock
  w_over=0 w_tries=$((w_tries + 1)) w_deadline=$((w_now + $1))
  shift
  timeout -k 2 --preserve-status -- "$w_s" "$@" <"$w_in" >"$w_t/o$w_tries" 2>"$w_t/e$w_tries" 9>&- &
  w_pid=$!
  wait "$w_pid"
  w_code=$?
  w_clock
  [ "$w_now" -lt "$((w_deadline - 10))" ] || { w_over=1; w_end_group; }
}
w_end_group() {
  while kill -s 0 -- "-$w_pid" 2>/dev/null; do
    w_clock
    [ "$w_now" -lt "$((w_deadline + 2000))" ] || { kill -s KILL -- "-$w_pid" 2>/dev/null; break; }
    sleep 0.05
  done
}
w_streams() {
  set -- "$w_t/o$w_tries" "$w_t/e$w_tries" 0 0
  if [ -s "$1" ] || [ -s "$2" ]; then w_size=$(stat -c %s -- "$1" "$2"); set -- "$1" "$2" $w_size; fi
  printf 'exec %s %s %s %s %s\\n' "$w_id" "$w_code" "$w_over" "$3" "$4"
  [ "$3" = 0 ] || head -c "$3" -- "$1"
  [ "$4" = 0 ] || head -c "$4" -- "$2"
  : >"$1"; : >"$2"
  [ "$w_code$w_over" = 00 ] || w_failed
}
w_exec() {
  w_id=$1
  w_enter "$2" || return
  w_limit=$3
  shift 3
  w_run "$w_limit" "$@"
  cd /
  w_streams
}
w_wait() {
  w_id=$1
  w_enter "$2" || return
  w_limit=$3 w_interval=$5
  w_clock
  w_end=$((w_now + $4))
  shift 5
  while :; do
    w_left=$((w_end - w_now))
    w_run "$((w_left < w_limit ? w_left : w_limit))" "$@"
    [ "$w_code$w_over" = 00 ] && break
    w_left=$((w_end - w_now))
    w_over=1
    [ "$w_left" -gt 0 ] || break
    w_seconds "$((w_left < w_interval ? w_left : w_interval))"
    sleep "$w_s"
    w_clock
    [ "$w_now" -lt "$w_end" ] || break
    : >"$w_t/o$w_tries"; : >"$w_t/e$w_tries"
  done
  cd /
  w_streams
}
`

/**
 * A run of reads is one process a kind, not a process a file. Messages go where the output goes: error(3) flushes
 * standard output first, so that both stand in the order of the operands.
 */
const READ = `
w_reads() { w_id=$1 w_whole=1; : >"$w_t/r"; }
w_matches() {
  case $1 in
    absent) case $2 in 'sha256sum: '*': No such file or directory') return 0 ;; esac ;;
    *) case $2 in "$1  "* | "\\\\$1  "*) return 0 ;; esac ;;
  esac
  return 1
}
w_digests() {
  w_wanted=$1
  shift
  sha256sum -- "$@" >"$w_t/d" 2>&1
  while IFS= read -r w_line; do
    w_matches "\${w_wanted%%"$w_nl"*}" "$w_line" || w_whole=
    w_wanted=\${w_wanted#*"$w_nl"}
    printf '%s\\n' "$w_line"
  done <"$w_t/d" >>"$w_t/r"
}
w_stats() { stat -L -c '${STAT}' -- "$@" >>"$w_t/r" 2>&1 || w_whole=; }
w_contents() { head -v -c 9223372036854775807 -- "$@" >>"$w_t/r" 2>&1 || w_whole=; }
w_have_read() {
  printf 'reads %s %s\\n' "$w_id" "$(stat -c %s -- "$w_t/r")"
  cat -- "$w_t/r"
  : >"$w_t/r"
  [ -n "$w_whole" ] || w_failed
}
w_list() {
  w_id=$1 w_dir=$2
  shift 2
  : >"$w_t/l"
  find "$w_dir" -mindepth 1 -maxdepth 1 -ignore_readdir_race -fprintf "$w_t/l" '${FIND}' "$@" >"$w_t/r" 2>&1
  IFS= read -r w_line <"$w_t/r"
  case $w_line in 'find: '*) w_say message "$w_line"; return ;; esac
  printf 'list %s %s\\n' "$w_id" "$(stat -c %s -- "$w_t/l" "$w_t/r" | tr '\\n' ' ')"
  cat -- "$w_t/l" "$w_t/r"
}
`

/**
 * Where files are made by the kernel they are written to, not replaced: the types are those of coreutils'
 * src/stat.c (human_fstype). rename(2) itself refuses a mount point with EBUSY.
 */
const WRITE = `
w_check() {
  [ -n "$1" ] || return 0
  w_line=$(sha256sum -- "$2" 2>&1)
  w_matches "$1" "$w_line" && return
  w_say stale "$w_line"
  return 1
}
w_write() {
  w_id=$1 w_path=$2 w_mode=$3
  w_check "$4" "$w_path" || return
  if [ -L "$w_path" ]; then
    w_path=$(realpath -- "$w_path" 2>"$w_t/e" && printf x)
    w_path=\${w_path%??}
    [ -n "$w_path" ] || { w_said; return; }
  fi
  w_dir=\${w_path%/*}
  w_dir=\${w_dir:-/}
  w_old=
  if [ -d "$w_path" ]; then w_errno EISDIR; return; fi
  if [ -e "$w_path" ]; then
    [ -f "$w_path" ] || { w_put; return; }
    w_old=$w_path
  fi
  case $(stat -f -c %T -- "\${w_old:-$w_dir}" 2>"$w_t/e") in
    '') w_said ;;
    proc | sysfs | cgroupfs | cgroup2fs | debugfs | tracefs | securityfs | configfs | selinux | bpf_fs | binfmt_misc | \\
    efivarfs | pstorefs | smackfs) w_put ;;
    *) w_replace ;;
  esac
}
w_put() {
  w_size=$(stat -L -c %s -- "$w_in")
  [ "$w_size" -gt 0 ] || w_size=1
  if dd if="$w_in" of="$w_path" bs="$w_size" count=1 conv=notrunc,nocreat status=none 2>"$w_t/e"
  then w_done; else w_said; fi
}
w_replace() {
  w_new=$(mktemp -- "$w_dir/.seatrial-XXXXXXXXXX" 2>"$w_t/e") || { w_said; return; }
  if { w_attributes && cat -- "$w_in" >"$w_new" && sync -- "$w_new" && mv -fT -- "$w_new" "$w_path"; } 2>"$w_t/e"
  then w_settle
  else
    w_said
    rm -f -- "$w_new"
  fi
}
w_attributes() {
  if [ -n "$w_old" ]; then
    cp --attributes-only --preserve=all -- "$w_old" "$w_new" || return
    w_owners=$(stat -c %u:%g -- "$w_old" "$w_new") || return
    [ "\${w_owners%"$w_nl"*}" = "\${w_owners#*"$w_nl"}" ] || { printf 'chown: Operation not permitted' >&2; return 1; }
  fi
  [ -z "$w_mode" ] && [ -n "$w_old" ] || chmod -- "\${w_mode:-644}" "$w_new"
}
w_settle() {
  if sync -- "$w_dir" 2>"$w_t/e"; then w_done; return; fi
  case $(cat -- "$w_t/e") in *': Invalid argument') w_done ;; *) w_said ;; esac
}
w_remove() {
  w_id=$1 w_dir=\${2%/*}
  w_dir=\${w_dir:-/}
  if unlink -- "$2" 2>"$w_t/e"; then w_settle; else w_said; fi
}
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
