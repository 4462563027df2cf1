import { type ErrnoName, strerror } from '../../src/host/errno.ts'
import type { Process } from '../process.ts'
import { errnoOf } from './coreutils.ts'
import { type ParsedOptions, program, usageError } from './getopt.ts'
import { canonicalPath, type MountedFs, matchesTypes, readMountinfo } from './libmount.ts'
import { printVersion, utilLinuxRelease } from './util-linux.ts'

const FAILED = 32

/** umount(8) of util-linux. */
export const umount = program(
  {
    options: [
      'a,all',
      'l,lazy',
      'f,force',
      'n,no-mtab',
      'q,quiet',
      'R,recursive',
      't,types:',
      'v,verbose',
      'V,version',
    ],
    unsimulated: [
      'A,all-targets',
      'c,no-canonicalize',
      'd,detach-loop',
      'fake',
      'i,internal-only',
      'N,namespace:',
      'O,test-opts:',
      'r,read-only',
    ],
  },
  (process, options) => {
    if (options.has('version')) return printVersion(process, 'umount', true)
    if (options.has('all')) return umountAll(process, options)
    if (options.operands.length === 0) throw usageError(process, 'bad usage')
    let status = 0
    for (const operand of options.operands)
      status += options.has('recursive')
        ? umountRecursively(process, options, operand)
        : umountOne(process, options, operand)
    return Math.min(status, FAILED)
  },
)

const WORDS: Partial<Record<ErrnoName, string>> = {
  EINVAL: 'not mounted',
  EBUSY: 'target is busy',
  ENOENT: 'no mount point specified',
  EPERM: 'must be superuser to unmount',
}

/** A mount point, or what is mounted somewhere: then the last place of it. */
function umountOne(process: Process, options: ParsedOptions, word: string): number {
  const isPath = process.exists(word)
  const mounted = isPath ? undefined : readMountinfo(process).findLast(fs => fs.source === word)
  return umountTarget(process, options, mounted?.target ?? canonicalPath(process, word))
}

function umountTarget(process: Process, options: ParsedOptions, target: string): number {
  const isLazy = options.has('lazy')
  const gone = readMountinfo(process).findLast(fs => fs.target === target)
  const errno = errnoOf(() => process.system.mounting.umount(process, target, { isLazy }))
  if (errno === undefined) {
    if (options.has('verbose')) process.complain(`umount: ${target}${sourceWords(gone)} unmounted\n`)
    return 0
  }
  if (errno !== 'EINVAL' || !options.has('quiet'))
    process.complain(
      `umount: ${target}: ${WORDS[errno] ?? `umount(2) system call failed: ${strerror(errno)}`}.\n`,
    )
  return FAILED
}

/** statfs(2) tells most file systems apart; of one that it does not, libmount reads mountinfo, and the source. */
const sourceWords = (fs: MountedFs | undefined): string => (fs?.fstype === 'overlay' ? ` (${fs.source})` : '')

/** -R: what stands on it first. */
function umountRecursively(process: Process, options: ParsedOptions, word: string): number {
  const table = readMountinfo(process)
  const target = canonicalPath(process, word)
  const isThere = (fs: MountedFs): boolean => fs.target === target
  const { isUnmountingStack } = utilLinuxRelease(process)
  const top = isUnmountingStack ? table.find(isThere) : table.findLast(isThere)
  if (top === undefined) {
    if (!options.has('quiet'))
      process.complain(`umount: ${word}: ${process.exists(word) ? 'not mounted' : 'not found'}\n`)
    return 1
  }
  for (const { target: place } of [top, ...descendants(table, top)].reverse()) {
    // umount_one_if_mounted(): what another umount took along is gone.
    if (!readMountinfo(process).some(fs => fs.target === place)) continue
    const status = umountTarget(process, options, place)
    if (status !== 0) return status
  }
  return 0
}

const descendants = (table: readonly MountedFs[], top: MountedFs): readonly MountedFs[] =>
  table.filter(fs => fs.parentId === top.id).flatMap(fs => [fs, ...descendants(table, fs)])

/** -a: all of the table, the newest first, but for those that a system cannot do without. */
function umountAll(process: Process, options: ParsedOptions): number {
  const types = options.value('types') ?? 'noproc,devfs,devpts,sysfs,tmpfs,rpc_pipefs,nfsd,selinuxfs'
  let succeeded = 0
  let failed = 0
  for (const fs of [...readMountinfo(process)].reverse()) {
    if (!matchesTypes(fs.fstype, types)) continue
    if (umountTarget(process, options, fs.target) === 0) succeeded++
    else failed++
  }
  if (failed === 0) return 0
  return succeeded === 0 ? FAILED : 64
}
