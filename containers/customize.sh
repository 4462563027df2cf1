#!/bin/sh
# Run by mmdebstrap at the end, with the root of the new tree and the host name to give it: takes out what the
# building machine left there, and writes what an installer would.
set -eu
root=$1
name=$2

# mmdebstrap meets the dependency on a merged /usr with usrmerge, which brings all of perl; an installer does not.
if chroot "$root" dpkg-query -s usrmerge >/dev/null 2>&1; then
  chroot "$root" dpkg-query -W -f '${Package}\n' 'perl*' 'lib*perl*' 'libgdbm*' | xargs chroot "$root" apt-mark -qq auto
  chroot "$root" apt-get -qq -y -o APT::AutoRemove::SuggestsImportant=false \
    -o APT::AutoRemove::RecommendsImportant=false purge --auto-remove usrmerge >/dev/null
fi

# Empty, not absent: the first boot gives it an identity, and is not a "first boot" that applies all presets
# (machine-id(5), FIRST BOOT SEMANTICS).
: >"$root/etc/machine-id"
echo "$name" >"$root/etc/hostname"
printf '127.0.0.1\tlocalhost\n127.0.1.1\t%s\n' "$name" >"$root/etc/hosts"
: >"$root/etc/resolv.conf"
: >"$root/etc/apt/sources.list"
rm -f "$root"/etc/apt/sources.list.d/* "$root"/etc/apt/apt.conf.d/99mmdebstrap
