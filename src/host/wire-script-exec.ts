/**
 * Shell functions of the far side that run programs. `w_begin` starts one in a shell of its own, with numbers for its
 * files that no other has, and `w_finish` writes what became of all of them.
 *
 * `timeout` makes the process group and, in it, gives SIGINT and SIGQUIT back their default action, which a shell takes
 * from what it starts with `&`. It leaves when the program does, so who else is in the group is ended here. Output
 * files are new for each program: a process left behind may still write to the old ones.
 */
export const EXEC = `
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
w_begin() {
  w_begun="$w_begun $w_t/b$1"
  (w_in=/dev/null w_tries=$((($1 + 1) * 1000)); w_exec "$@") >"$w_t/b$1" &
}
w_finish() {
  wait
  cat -- $w_begun
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
