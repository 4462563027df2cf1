import { strerror } from './errno.ts'

/** How `stat` says what lstat(2) or stat(2) found: raw mode in hex, uid, gid, size, mtime, ctime. */
const STAT = '%f %u %g %s %.9Y %.9Z'

/** The same from `find`: types of the entry and of what it points at, permission bits in octal; path and target. */
export const FIND = '%y%Y %m %U %G %s %T@ %C@\\0%p\\0%l\\0'

/**
 * A run of reads is one process a kind, not a process a file. Messages go where the output goes: error(3) flushes
 * standard output first, so that both stand in the order of the operands. So is a run of lists: entries are what `find`
 * prints, contents what the `head` that it runs writes to descriptor 3.
 */
export const READ = `
w_reads() { w_id=$1 w_whole=1; : >"$w_t/r"; }
w_matches() {
  case $1 in
    absent) case $2 in 'sha256sum: '*': ${strerror('ENOENT')}') return 0 ;; esac ;;
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
w_lists() {
  w_id=$1
  shift
  find "$@" >"$w_t/l" 2>"$w_t/e" 3>"$w_t/r"
  printf 'lists %s %s %s %s\\n' "$w_id" $(stat -c %s -- "$w_t/e" "$w_t/l" "$w_t/r")
  cat -- "$w_t/e" "$w_t/l" "$w_t/r"
  if [ -s "$w_t/e" ] && [ ! -s "$w_t/l" ]; then w_failed; fi
}
`

/**
 * A file system whose files the kernel makes lets nobody make one beside them; only then is its type looked at (names of
 * coreutils' src/stat.c, human_fstype). rename(2) itself refuses a mount point with EBUSY. `cp` is silent where it may
 * not change owner or group: then the new file is ours, while the old one was not.
 */
export const WRITE = `
w_check() {
  [ -n "$1" ] || return 0
  w_matches "$1" "$(sha256sum -- "$2" 2>&1)" && return
  w_errno ESTALE
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
    [ -f "$w_path" ] || { w_errno EINVAL; return; }
    w_old=$w_path
  fi
  if w_new=$(mktemp -- "$w_dir/.seatrial-XXXXXXXXXX" 2>"$w_t/e"); then w_replace; return; fi
  case $(stat -f -c %T -- "\${w_old:-$w_dir}" 2>/dev/null) in
    proc | sysfs | cgroupfs | cgroup2fs | debugfs | tracefs | securityfs | configfs | selinux | bpf_fs | binfmt_misc | \\
    efivarfs | pstorefs | smackfs) w_put ;;
    *) w_said ;;
  esac
}
w_put() {
  w_size=$(stat -L -c %s -- "$w_in")
  [ "$w_size" -gt 0 ] || w_size=1
  if dd if="$w_in" of="$w_path" bs="$w_size" count=1 conv=notrunc,nocreat status=none 2>"$w_t/e"
  then w_done; else w_said; fi
}
w_replace() {
  if { cat -- "$w_in" >"$w_new" && w_attributes && sync -- "$w_new" && mv -fT -- "$w_new" "$w_path"; } 2>"$w_t/e"
  then w_settle
  else
    w_said
    rm -f -- "$w_new"
  fi
}
w_attributes() {
  if [ -n "$w_old" ]; then
    cp --attributes-only --preserve=all --no-preserve=timestamps -- "$w_old" "$w_new" || return
    w_kept O && w_kept G || { printf 'chown: ${strerror('EPERM')}' >&2; return 1; }
    [ -n "$w_mode" ] || return 0
  fi
  chmod -- "\${w_mode:-644}" "$w_new"
}
w_kept() { [ "-$1" "$w_old" ] || ! [ "-$1" "$w_new" ]; }
w_settle() {
  if sync -- "$w_dir" 2>"$w_t/e"; then w_done; return; fi
  case $(cat -- "$w_t/e") in *': ${strerror('EINVAL')}') w_done ;; *) w_said ;; esac
}
w_remove() {
  w_id=$1 w_dir=\${2%/*}
  w_dir=\${w_dir:-/}
  if unlink -- "$2" 2>"$w_t/e"; then w_settle; else w_said; fi
}
`
