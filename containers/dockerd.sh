#!/bin/sh
# Runs a private dockerd for as long as somebody holds a lease: a shared lock (flock(2)) on the file $1. The kernel
# releases the lock of a process that ends, however it ends; the lock is held here until the daemon is gone, so that a
# newcomer waits and then starts its own. The other arguments are the daemon's.
lease=$1
shift
dockerd "$@" &
daemon=$!
(
  exec 9>>"$lease"
  flock --exclusive 9
  kill -TERM "$daemon"
  tail --pid="$daemon" -f /dev/null
) &
wait "$daemon"
