# sh nested-host.sh N: in a container, as root. Starts host N, a systemd of its own, and prints the PID of its init.
#
# Its namespaces are its own: users, mounts, PIDs, network, cgroups, IPC, names. All users are mapped to themselves; but
# the user namespace is made by a user of its own, because the limits of inotify count for who made it
# (user_namespaces(7), namespaces(7) /proc/sys/user): 128 instances of one user do not suffice for many systemds.
set -e
n=$1
base=/run/nested-host/$n
maker=$((100000 + n))
mkdir -p "$base/upper" "$base/work" "$base/root" /sys/fs/cgroup/"nested-host-$n"
echo $$ >/sys/fs/cgroup/"nested-host-$n"/cgroup.procs
# Only from outside: in a user namespace / cannot be the lower layer, since what is mounted below it would show.
mount -t overlay -o lowerdir=/,upperdir="$base/upper",workdir="$base/work" overlay "$base/root"

: >"$base/made"
setpriv --reuid $maker --regid $maker --clear-groups \
  unshare --user sh -c 'echo made; exec sleep infinity' >"$base/made" 2>&1 &
holder=$!
until [ -s "$base/made" ]; do sleep 0.02; done
echo '0 0 65536' >/proc/$holder/uid_map
echo '0 0 65536' >/proc/$holder/gid_map

nsenter --user=/proc/$holder/ns/user \
  unshare --mount --uts --ipc --net --cgroup --pid --fork --propagation private sh -e -c '
n=$1 base=$2
# A mount that came along is locked (mount_namespaces(7)); a copy of it may become the root.
mount --rbind "$base/root" "$base/root"
cd "$base/root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
for directory in run tmp dev var/lib/containerd; do mount -t tmpfs -o mode=755 tmpfs $directory; done
chmod 1777 tmp
for device in null zero full random urandom tty; do
  : >dev/$device
  mount --bind /dev/$device dev/$device
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin; ln -s fd/1 dev/stdout; ln -s fd/2 dev/stderr
hostname "host-$n"
echo "host-$n" >etc/hostname
pivot_root . mnt
cd /
umount -l /mnt
# debugfs and tracefs cannot be mounted in a user namespace (container units mount them with CAP_SYS_ADMIN).
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /sbin/init systemd.mask=sys-kernel-debug.mount systemd.mask=sys-kernel-tracing.mount
' sh "$n" "$base" </dev/null >"$base/log" 2>&1 &
outer=$!
until init=$(cat /proc/$outer/task/$outer/children) && [ -n "$init" ]; do
  [ -d /proc/$outer ] || { cat "$base/log" >&2; exit 1; }
  sleep 0.02
done
init=${init%% *} # The list has no newline, and a space behind each.
# Until systemd runs, /run may still be that of the container.
until [ "$(cat "/proc/$init/comm")" = systemd ] && nsenter -t "$init" -a test -S /run/systemd/private; do
  [ -d "/proc/$init" ] || { cat "$base/log" >&2; exit 1; }
  sleep 0.05
done
state=$(nsenter -t "$init" -a systemctl is-system-running --wait) || {
  echo "systemd of host $n is $state:" >&2
  nsenter -t "$init" -a systemctl --failed --plain --no-legend >&2
  exit 1
}
nsenter -t "$init" -a mkdir -p /run/sshd
echo "$init"
