#!/bin/sh
# Run by the Dockerfiles: installs the packages of the two lists below the folder $1, and those that follow it.
set -eu
lists=$1
shift
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update

# Where /bin is a folder of its own (the image of Debian 11) it becomes what an installer makes of it.
if [ ! -L /bin ]; then
  apt-get -qq -y install --no-install-recommends usrmerge
  apt-get -qq -y purge --auto-remove usrmerge
fi

{ sed 's/#.*//' "$lists/packages.txt" "$lists/release/packages.txt"; echo "$@"; } |
  xargs apt-get -qq -y install --no-install-recommends
rm -rf "$lists" /var/lib/apt/lists/* /usr/sbin/policy-rc.d
: >/etc/machine-id
