import type { Program } from '../process.ts'
import { apt } from './apt.ts'
import { aptCache } from './apt-cache.ts'
import { aptGet } from './apt-get.ts'
import { aptMark } from './apt-mark.ts'
import { awk } from './awk.ts'
import { basename } from './basename.ts'
import { bash } from './bash.ts'
import { cat } from './cat.ts'
import { chmod } from './chmod.ts'
import { chgrp, chown } from './chown.ts'
import { containerd } from './containerd.ts'
import { cp } from './cp.ts'
import { ctr } from './ctr.ts'
import { cut } from './cut.ts'
import { dash } from './dash.ts'
import { date } from './date.ts'
import { dd } from './dd.ts'
import { debSystemdHelper } from './deb-systemd-helper.ts'
import { debSystemdInvoke } from './deb-systemd-invoke.ts'
import { df } from './df.ts'
import { dirname } from './dirname.ts'
import { dmesg } from './dmesg.ts'
import { dpkg } from './dpkg.ts'
import { dpkgDivert } from './dpkg-divert.ts'
import { dpkgQuery } from './dpkg-query.ts'
import { du } from './du.ts'
import { echo } from './echo.ts'
import { env } from './env.ts'
import { falseProgram } from './false.ts'
import { find } from './find.ts'
import { findmnt } from './findmnt.ts'
import { flock } from './flock.ts'
import { free } from './free.ts'
import { grep } from './grep.ts'
import { head } from './head.ts'
import { hostname } from './hostname.ts'
import { hostnamectl } from './hostnamectl.ts'
import { id } from './id.ts'
import { install } from './install.ts'
import { ip } from './ip.ts'
import { journalctl } from './journalctl.ts'
import { kill } from './kill.ts'
import { kmod } from './kmod.ts'
import { kubeadm } from './kubeadm.ts'
import { kubelet } from './kubelet.ts'
import { ldconfig } from './ldconfig.ts'
import { ln } from './ln.ts'
import { ls } from './ls.ts'
import { mkdir } from './mkdir.ts'
import { mkswap } from './mkswap.ts'
import { mktemp } from './mktemp.ts'
import { mount } from './mount.ts'
import { mountpoint } from './mountpoint.ts'
import { mv } from './mv.ts'
import { nohup } from './nohup.ts'
import { nproc } from './nproc.ts'
import { od } from './od.ts'
import { pgrep } from './pgrep.ts'
import { pidof } from './pidof.ts'
import { printf } from './printf.ts'
import { ps } from './ps.ts'
import { pwd } from './pwd.ts'
import { readlink } from './readlink.ts'
import { realpath } from './realpath.ts'
import { rm } from './rm.ts'
import { rmdir } from './rmdir.ts'
import { runc } from './runc.ts'
import { sed } from './sed.ts'
import { seq } from './seq.ts'
import { sha256sum } from './sha256sum.ts'
import { sleep } from './sleep.ts'
import { stat } from './stat.ts'
import { sudo } from './sudo.ts'
import { swapoff } from './swapoff.ts'
import { swapon } from './swapon.ts'
import { sync } from './sync.ts'
import { sysctl } from './sysctl.ts'
import { systemctl } from './systemctl.ts'
import { systemdDetectVirt } from './systemd-detect-virt.ts'
import { systemdModulesLoad } from './systemd-modules-load.ts'
import { systemdSysctl } from './systemd-sysctl.ts'
import { tail } from './tail.ts'
import { tee } from './tee.ts'
import { test } from './test.ts'
import { comm, diff, nl, paste, rev, sort, tac } from './text-tools.ts'
import { timedatectl } from './timedatectl.ts'
import { timeout } from './timeout.ts'
import { touch } from './touch.ts'
import { tr } from './tr.ts'
import { trueProgram } from './true.ts'
import { truncate } from './truncate.ts'
import { umount } from './umount.ts'
import { uname } from './uname.ts'
import { uniq } from './uniq.ts'
import { updateAlternatives } from './update-alternatives.ts'
import { wc } from './wc.ts'
import { which } from './which.ts'
import { whoami } from './whoami.ts'
import { xargs } from './xargs.ts'
import { yes } from './yes.ts'

/** Programs by base name: of the real path of what was executed, or of the name it was called by. */
export const programs: Readonly<Record<string, Program>> = {
  '[': test,
  apt,
  'apt-cache': aptCache,
  'apt-get': aptGet,
  'apt-mark': aptMark,
  'deb-systemd-helper': debSystemdHelper,
  'deb-systemd-invoke': debSystemdInvoke,
  dpkg,
  'dpkg-divert': dpkgDivert,
  'dpkg-query': dpkgQuery,
  kubeadm,
  kubelet,
  ldconfig,
  'update-alternatives': updateAlternatives,
  awk,
  basename,
  bash,
  cat,
  chgrp,
  chmod,
  chown,
  comm,
  containerd,
  cp,
  ctr,
  cut,
  dash,
  date,
  diff,
  dirname,
  echo,
  env,
  false: falseProgram,
  df,
  dmesg,
  du,
  free,
  ip,
  mkswap,
  pidof,
  ps,
  pgrep,
  pkill: pgrep,
  find,
  findmnt,
  grep,
  head,
  hostname,
  hostnamectl,
  id,
  install,
  journalctl,
  kill,
  kmod,
  ln,
  ls,
  mawk: awk,
  mkdir,
  mktemp,
  mount,
  mountpoint,
  umount,
  flock,
  nproc,
  truncate,
  xargs,
  od,
  dd,
  mv,
  nl,
  nohup,
  paste,
  printf,
  pwd,
  readlink,
  realpath,
  rev,
  rm,
  rmdir,
  runc,
  sed,
  seq,
  sha256sum,
  sleep,
  sort,
  stat,
  sudo,
  swapoff,
  swapon,
  sync,
  sysctl,
  systemctl,
  'systemd-detect-virt': systemdDetectVirt,
  'systemd-modules-load': systemdModulesLoad,
  'systemd-sysctl': systemdSysctl,
  tac,
  tail,
  tee,
  test,
  timedatectl,
  timeout,
  touch,
  tr,
  true: trueProgram,
  uname,
  uniq,
  wc,
  which,
  whoami,
  yes,
}
