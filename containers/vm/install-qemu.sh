#!/bin/bash
# Installs QEMU 10 from Debian's backports, on the mirror that this machine's own package sources name. The sources
# themselves stay as they are: a copy, with the backports added, is used for these two calls of apt-get alone.
set -euo pipefail

. /etc/os-release
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT
cp /etc/apt/sources.list.d/*.{list,sources} "$parts" 2>/dev/null || true
[ -s /etc/apt/sources.list ] && cp /etc/apt/sources.list "$parts/main.list"
uri=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
  awk -v suite="$VERSION_CODENAME" '$2 == suite { print $1; exit }')
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keyring] $uri $VERSION_CODENAME-backports main" >"$parts/backports.list"

apt=(apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$parts")
"${apt[@]}" update
DEBIAN_FRONTEND=noninteractive "${apt[@]}" -y -o Dpkg::Use-Pty=0 install --no-install-recommends \
  -t "$VERSION_CODENAME-backports" qemu-system-x86 qemu-utils >/dev/null
