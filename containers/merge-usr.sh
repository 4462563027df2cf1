#!/bin/sh
# Run by mmdebstrap before anything is unpacked, with the root of the new tree: /bin is /usr/bin from the start, as
# debootstrap and so the installer make it (its setup_merged_usr) where no package of the release does.
set -eu
for directory in bin sbin lib lib32 lib64 libx32; do
  mkdir -p "$1/usr/$directory"
  ln -s "usr/$directory" "$1/$directory"
done
