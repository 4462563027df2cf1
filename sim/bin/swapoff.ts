import { strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import { errnoOf } from './coreutils.ts'
import { program, usageError } from './getopt.ts'
import { readFstab } from './libmount.ts'
import { swapsOf } from './swapon.ts'
import { printVersion } from './util-linux.ts'

/** Exit statuses of swapoff(8). */
const FAILED = 4
const USAGE = 16

/** swapoff(8) of util-linux on a machine without swap; swap that is in use is not modelled. */
export const swapoff = program(
  { options: ['a,all', 'v,verbose', 'V,version'], unsimulated: ['L:', 'U:'], usageStatus: USAGE },
  (process, options) => {
    if (options.has('version')) return printVersion(process, 'swapoff')
    if (!options.has('all') && options.operands.length === 0) throw usageError(process, 'bad usage', USAGE)
    if (swapsOf(process).length > 0) throw new Unsimulated('swapoff', 'swap that is in use')
    let status = 0
    if (options.has('all')) complainOfTags(process)
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

/** swapoff(2) of what is no swap in use: EINVAL. */
function turnOff(process: Process, path: string): number {
  const errno = errnoOf(() => process.stat(path)) ?? 'EINVAL'
  process.complain(`${process.argv[0]}: ${path}: swapoff failed: ${strerror(errno)}\n`)
  return FAILED
}
