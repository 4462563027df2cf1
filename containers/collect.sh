#!/bin/bash
# Run inside a real system as root, by the recorder: `bash -s collect`, and in a virtual machine `bash -s modules NAME…`
# after it. Writes one gzipped tar to standard output: sections/*, and with `collect` the files whose content is
# taken. Nothing is written to the system's own disk; what is changed in memory lies below /dev/shm, which is not listed.
set -eu
export LC_ALL=C
out=/dev/shm/seatrial-record
rm -rf $out
mkdir -p $out/sections
release=$(uname -r)
# As the files' list has it: /lib is a symlink on a system with a merged /usr.
modules=$(realpath -m "/lib/modules/$release")

# path NUL mode NUL errno-or-empty NUL value NUL, for every file below /proc/sys. binfmt_misc is left out: looking into
# it trips its automount, which loads a module.
walk_sysctl() {
  find /proc/sys -path /proc/sys/fs/binfmt_misc -prune -o -type f -printf '%m\t%p\n' | sort -k2 | perl -MErrno -ne '
    chomp; my ($mode, $path) = split /\t/, $_, 2;
    my ($value, $errno) = ("", "");
    if (sysopen(my $file, $path, 0)) {
      while (1) {
        my $count = sysread($file, my $part, 65536);
        unless (defined $count) { ($errno) = grep { $!{$_} } keys %!; last }
        last if $count == 0;
        $value .= $part;
      }
    } else { ($errno) = grep { $!{$_} } keys %! }
    printf "%s\0%04s\0%s\0%s\0", substr($path, 10), $mode, $errno, $value'
}

# The mount points whose files are listed: disks and what lies in memory, not what the kernel makes up.
listed_mounts() {
  awk '{ for (i = 7; $i != "-"; i++); if ($(i + 1) ~ /^(ext4|overlay|tmpfs|devtmpfs|btrfs|xfs)$/) print $5 }' /proc/1/mountinfo |
    while read -r target; do if [ -d "$target" ]; then echo "$target"; fi; done
}

# type mode uid gid mtime size device inode links path NUL target NUL
list_files() {
  listed_mounts | while read -r target; do
    find "$target" -xdev \( -path $out -o -path '/sys/fs/cgroup/*' \) -prune -o \
      -printf '%y %m %U %G %T@ %s %D %i %n %p\0%l\0'
  done
}

# The regular files whose content the image holds, NUL after each; which of them are text is for the reader to see.
chosen_files() {
  find /etc -xdev -type f -size -129 ! -name '*.asc' ! -name '*.gpg' ! -name 'ssh_host_*' -print0
  # Files that are mounted on (a container's /etc/hosts) are on another device: -xdev lists them all the same.
  find /usr/lib/systemd /usr/lib/sysctl.d /usr/lib/modules-load.d /usr/lib/modprobe.d /usr/lib/tmpfiles.d \
    /usr/lib/sysusers.d /usr/lib/environment.d /usr/lib/binfmt.d /usr/lib/os-release /usr/lib/debian_version \
    /run/systemd /run/sysctl.d /run/modules-load.d \
    -xdev \( -path /usr/lib/systemd/user -o -path /usr/lib/systemd/catalog -o -path /run/systemd/journal \) -prune -o \
    -type f -size -129 ! -perm /111 -print0 2>/dev/null || true
  # Units that lie elsewhere, and are linked to from where systemd looks.
  find /usr/lib/systemd/system -xdev -type l -exec realpath -e -z {} + 2>/dev/null | grep -z -v '^/usr/lib/systemd/' |
    xargs -0 -r sh -c 'find "$@" -maxdepth 0 -type f -print0' sh
  # What dpkg and apt know, and what the packages' scripts take for granted; not the sums, symbols and questions.
  find /var/lib/dpkg /var/lib/apt/extended_states /var/lib/systemd /usr/lib/init /usr/lib/lsb /usr/share/dpkg/sh -xdev \
    -type f \( -path '/var/lib/systemd/*' ! -path '/var/lib/systemd/deb-systemd-*' -o -name '*-old' -o -name '*.md5sums' \
    -o -name '*.symbols' -o -name '*.shlibs' -o -name '*.templates' -o -print0 \) 2>/dev/null || true
  # What an interactive shell of root reads.
  find /root -xdev -maxdepth 1 -type f \( -name .bashrc -o -name .profile \) -print0
  find "$modules" -maxdepth 1 -type f \( -name modules.builtin -o -name modules.dep \
    -o -name modules.softdep -o -name modules.alias -o -name modules.devname \) -print0 2>/dev/null || true
  find /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin -xdev -type f -size -129 -print0 |
    xargs -0 awk 'FNR == 1 { if (/^#! ?\/(usr\/)?bin\/(ba|da)?sh/) printf "%s%c", FILENAME, 0; nextfile }'
}

module_section() {
  find "/lib/modules/$release/kernel" -name '*.ko*' -print0 | sort -z | xargs -0 -r /sbin/modinfo -0 >modinfo
}

# Files of /proc as they are, each section's name after the prefix; a file that is not there is no section.
proc_sections() {
  local prefix=$1 name
  shift
  for name in "$@"; do
    if [ -e "/proc/$name" ]; then cat "/proc/$name" >"$prefix$name"; fi
  done
}

# What the kernel has that a module can change.
kernel_sections() {
  proc_sections "$1" modules filesystems
  walk_sysctl >"$1sysctl"
}

collect() {
  cd $out/sections
  # In a virtual machine the devices' modules may still be coming; a container has no udevd to wait for.
  if systemctl -q is-active systemd-udevd; then udevadm settle; fi
  printf '%s\n' "$release" "$(uname -v)" "$(uname -m)" "$(uname -n)" "$(nproc --all)" >uname
  kernel_sections ''
  proc_sections '' cmdline cgroups meminfo
  cat /proc/1/mountinfo >mountinfo
  cat /proc/1/status >status
  ls /sys/module >sys-module
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then cat /sys/fs/cgroup/cgroup.controllers >controllers; fi
  if [ -d "$modules/kernel" ]; then
    module_section
    cp "$modules/modules.builtin" builtin
  fi
  systemctl show --all --property=Id,LoadState,ActiveState,SubState,UnitFileState,FragmentPath,Description '*' >units
  dpkg-query -W -f '${Package}\t${Version}\t${Architecture}\t${Status}\n' >packages
  list_files >files
  find /dev /run -xdev \( -type c -o -type b \) -exec stat --printf '%n\0%t:%T\0' {} + >devices-numbers
  chosen_files >chosen
  tar -c -z --ignore-failed-read -C $out sections -C / --null -P -T chosen 2>/dev/null
}

# Loads each named module after its dependencies, one insmod at a time, and keeps what the kernel says after each. One that
# is live and not in use is taken out first, so that its own difference is seen too.
modules() {
  cd $out/sections
  for name in "$@"; do rmmod "$name" 2>/dev/null || true; done
  udevadm settle
  kernel_sections '0000 before '
  step=0
  for name in "$@"; do
    modprobe --show-depends "$name" 2>/dev/null | awk '$1 == "insmod" { print $2 }'
  done | awk '!seen[$0]++' | while read -r path; do
    module=$(basename "$path" | sed 's/\.ko.*//; s/-/_/g')
    if grep -q "^$module " /proc/modules; then continue; fi
    step=$((step + 1))
    if insmod "$path" 2>"$(printf '%04d failed %s' $step "$module")"; then
      udevadm settle
      kernel_sections "$(printf '%04d loaded %s ' $step "$module")"
      rm "$(printf '%04d failed %s' $step "$module")"
    fi
  done
  tar -c -z -C $out sections
}

"$@"
rm -rf $out
