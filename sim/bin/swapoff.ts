import { KernelError, strerror } from '../../src/host/errno.ts'
import { isCapable } from '../kernel/credentials.ts'
import type { Process } from '../process.ts'
import { errnoOf } from './coreutils.ts'
import { program, usageError } from './getopt.ts'
import { readFstab } from './libmount.ts'
import { swapsOf } from './swapon.ts'
import { printVersion } from './util-linux.ts'

/** Exit statuses of swapoff(8). */
const FAILED = 4
const USAGE = 16

/** swapoff(8) of util-linux. */
export const swapoff = program(
  { options: ['a,all', 'v,verbose', 'V,version'], unsimulated: ['L:', 'U:'], usageStatus: USAGE },
  (process, options) => {
    if (options.has('version')) return printVersion(process, 'swapoff')
    if (!options.has('all') && options.operands.length === 0) throw usageError(process, 'bad usage', USAGE)
    let status = 0
    if (options.has('all')) {
      for (const { path } of swapsOf(process)) status |= turnOff(process, path)
      complainOfTags(process)
    }
    for (const operand of options.operands) status = turnOff(process, operand)
    return status
  },
)

/** -a: what fstab lists is turned off as well; nothing is said of what is not on, but of what cannot be found. */
function complainOfTags(process: Process): void {
  for (const { source, fstype } of readFstab(process))
    if (fstype === 'swap' && /^(?:LABEL|UUID|PARTLABEL|PARTUUID)=/.test(source))
      process.complain(`${process.argv[0]}: cannot find the device for ${source}\n`)
}

function remove(process: Process, path: string): void {
  if (!isCapable(process.credentials, 'cap_sys_admin')) throw new KernelError('EPERM')
  const { mount, node } = process.system.fs.mountOf(process, path)
  process.kernel.swaps.remove(mount.superblock, node)
}

/** swapoff(2); EINVAL for what is no swap in use. */
function turnOff(process: Process, path: string): number {
  const errno = errnoOf(() => remove(process, path))
  if (errno === undefined) return 0
  process.complain(`${process.argv[0]}: ${path}: swapoff failed: ${strerror(errno)}\n`)
  return FAILED
}
