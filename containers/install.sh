#!/bin/sh
# Run by the Dockerfiles: installs the packages of the two lists below the folder $1, and those that follow it.
set -eu
lists=$1
shift
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
{ sed 's/#.*//' "$lists/packages.txt" "$lists/release/packages.txt"; echo "$@"; } |
  xargs apt-get -qq -y install --no-install-recommends
rm -rf "$lists" /var/lib/apt/lists/* /usr/sbin/policy-rc.d
: >/etc/machine-id
