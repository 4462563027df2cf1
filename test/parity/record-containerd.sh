# Runs one case of record-containerd.ts as root, in namespaces and a root directory of its own.
# Arguments: the directory of an unpacked containerd package, the case's files, the results; then containerd's options.
set -u
package=$1 files=$2 results=$3
shift 3
PATH=/usr/sbin:/usr/bin:/sbin:/bin
root=$results/../root
mkdir "$root"
mount -t tmpfs tmpfs "$root"
mkdir -p "$root"/{usr,etc,run,var/lib,var/tmp,srv,opt,tmp,proc,sys,dev,results}
for name in bin sbin lib lib64; do ln -s "usr/$name" "$root/$name"; done
mount --bind /usr "$root/usr"
mount --bind "$package/usr/bin" "$root/usr/local/bin"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t proc proc "$root/proc"
mount --bind "$results" "$root/results"
cp -a "$files/." "$root/"
ip link set lo up 2> /dev/null

export PATH=/usr/local/bin:/usr/bin:/bin LC_ALL=C TZ=UTC
inside() { /usr/sbin/chroot "$root" "$@"; }
run() {
  local name=$1
  shift
  inside "$@" > "$results/$name.stdout" 2> "$results/$name.stderr"
  echo $? > "$results/$name.exit"
}
list() { inside find /run /var/lib /srv /opt /var/tmp -mindepth 1 -printf '%y %m %p\n' | sort -k3 > "$results/$1"; }
socket() { inside find /run -type s -name '*.sock' ! -name 'debug.sock' ! -name 'nri.sock' | head -n 1; }

run dump containerd "$@" config dump
/usr/sbin/chroot "$root" containerd "$@" > "$results/daemon.stdout" 2> "$results/daemon.stderr" &
daemon=$!
for _ in $(seq 100); do
  [ -n "$(socket)" ] || ! kill -0 $daemon 2> /dev/null && break
  sleep 0.05
done
sleep 0.2
if kill -0 $daemon 2> /dev/null; then
  address=$(socket)
  if [ -n "$address" ]; then
    list started
    run plugins ctr --address "$address" plugins ls
    run version ctr --address "$address" version
  fi
  kill -TERM $daemon
fi
wait $daemon
echo $? > "$results/daemon.exit"
list ended
