#!/bin/bash
# Installs QEMU 10 from the mirror that this machine's own package sources name: from the release itself where it has
# it (Debian 13 and later), from its backports on Debian 12. The sources themselves stay as they are: a copy, with the
# backports added, is used for these calls of apt-get alone.
set -euo pipefail

die() { echo "install-qemu.sh: $1" >&2; exit 1; }

[ "$(id -u)" = 0 ] || die 'it has to be run by root'
. /etc/os-release
[ "${ID:-}" = debian ] || die "it knows Debian only, this is ${PRETTY_NAME:-another system}: install QEMU 10 or later"

packages=(qemu-system-x86 qemu-utils)
oldest=10
install() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 "$@" install --no-install-recommends \
    "${packages[@]}" >/dev/null
}

# 1:10.0.2+ds-2: what stands between the epoch and the first dot.
candidate() { apt-cache "$@" policy qemu-system-x86 | sed -n 's/^ *Candidate: \([0-9]*:\)\?\([0-9]*\)\..*/\2/p'; }

apt-get -qq update
version=$(candidate)
if [ "${version:-0}" -ge "$oldest" ]; then
  install
  exit
fi

parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT
cp /etc/apt/sources.list.d/*.{list,sources} "$parts" 2>/dev/null || true
[ -s /etc/apt/sources.list ] && cp /etc/apt/sources.list "$parts/main.list"
uri=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
  awk -v suite="$VERSION_CODENAME" '$2 == suite && !found { print $1; found = 1 }')
[ -n "$uri" ] || die "apt has no source for $VERSION_CODENAME"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keyring] $uri $VERSION_CODENAME-backports main" >"$parts/backports.list"

apt=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$parts")
apt-get -qq "${apt[@]}" update
version=$(candidate "${apt[@]}" -o "APT::Default-Release=$VERSION_CODENAME-backports")
[ "${version:-0}" -ge "$oldest" ] || die "neither $VERSION_CODENAME nor its backports have QEMU $oldest"
install "${apt[@]}" -t "$VERSION_CODENAME-backports"
