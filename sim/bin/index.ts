import type { Program } from '../process.ts'
import { bash } from './bash.ts'
import { cat } from './cat.ts'
import { chmod } from './chmod.ts'
import { containerd } from './containerd.ts'
import { ctr } from './ctr.ts'
import { dash } from './dash.ts'
import { date } from './date.ts'
import { falseProgram } from './false.ts'
import { head } from './head.ts'
import { journalctl } from './journalctl.ts'
import { kmod } from './kmod.ts'
import { ln } from './ln.ts'
import { ls } from './ls.ts'
import { mkdir } from './mkdir.ts'
import { readlink } from './readlink.ts'
import { realpath } from './realpath.ts'
import { rm } from './rm.ts'
import { rmdir } from './rmdir.ts'
import { runc } from './runc.ts'
import { seq } from './seq.ts'
import { sleep } from './sleep.ts'
import { stat } from './stat.ts'
import { sysctl } from './sysctl.ts'
import { systemctl } from './systemctl.ts'
import { systemdDetectVirt } from './systemd-detect-virt.ts'
import { systemdModulesLoad } from './systemd-modules-load.ts'
import { systemdSysctl } from './systemd-sysctl.ts'
import { tail } from './tail.ts'
import { tee } from './tee.ts'
import { test } from './test.ts'
import { awk, comm, cut, diff, grep, nl, paste, rev, sed, sort, tac, tr, uniq } from './text-tools.ts'
import { timeout } from './timeout.ts'
import { touch } from './touch.ts'
import { trueProgram } from './true.ts'
import { yes } from './yes.ts'

/** Programs by base name: of the real path of what was executed, or of the name it was called by. */
export const programs: Readonly<Record<string, Program>> = {
  '[': test,
  awk,
  bash,
  cat,
  chmod,
  comm,
  containerd,
  ctr,
  cut,
  dash,
  date,
  diff,
  false: falseProgram,
  grep,
  head,
  journalctl,
  kmod,
  ln,
  ls,
  mawk: awk,
  mkdir,
  nl,
  paste,
  readlink,
  realpath,
  rev,
  rm,
  rmdir,
  runc,
  sed,
  seq,
  sleep,
  sort,
  stat,
  sysctl,
  systemctl,
  'systemd-detect-virt': systemdDetectVirt,
  'systemd-modules-load': systemdModulesLoad,
  'systemd-sysctl': systemdSysctl,
  tac,
  tail,
  tee,
  test,
  timeout,
  touch,
  tr,
  true: trueProgram,
  uniq,
  yes,
}
