import { strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import { errnoOf } from './coreutils.ts'
import { type ParsedOptions, program, usageError } from './getopt.ts'
import { readMountinfo } from './libmount.ts'
import { printVersion, utilLinuxRelease } from './util-linux.ts'

/** mountpoint(1) of util-linux. */
export const mountpoint = program(
  { options: ['q,quiet', 'd,fs-devno', 'x,devno', 'nofollow', 'V,version'] },
  (process, options) => {
    if (options.has('version')) return printVersion(process, 'mountpoint')
    const [path, ...more] = options.operands
    if (path === undefined || more.length > 0) throw usageError(process, 'bad usage')
    const isFollowing = !options.has('nofollow')
    const errno = errnoOf(() => (isFollowing ? process.stat(path) : process.lstat(path)))
    if (errno !== undefined) {
      if (!options.has('quiet')) process.complain(`${process.argv[0]}: ${path}: ${strerror(errno)}\n`)
      return 1
    }
    if (options.has('devno')) return showDevice(process, options, path)
    const { mount, path: real } = process.system.fs.mountOf(process, path)
    const isMountpoint = mount.target === real && (isFollowing || process.lstat(path).type !== 'symlink')
    if (!isMountpoint) {
      if (!options.has('quiet')) process.print(`${path} is not a mountpoint\n`)
      return utilLinuxRelease(process).statusOfNoMountpoint
    }
    if (options.has('fs-devno'))
      process.print(`${readMountinfo(process).findLast(fs => fs.target === real)?.majorMinor}\n`)
    else if (!options.has('quiet')) process.print(`${path} is a mountpoint\n`)
    return 0
  },
)

function showDevice(process: Process, options: ParsedOptions, path: string): number {
  if (process.stat(path).type === 'block-device') throw new Unsimulated('mountpoint', '-x of a block device')
  if (!options.has('quiet')) process.complain(`${process.argv[0]}: ${path}: not a block device\n`)
  return utilLinuxRelease(process).statusOfNoMountpoint
}
