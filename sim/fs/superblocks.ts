import { Unsimulated } from '../../src/host/host.ts'
import type { Mount } from '../kernel/mounts.ts'
import type { MountingContext, MountRequest } from './mounting.ts'
import { overlayOptions } from './overlay-options.ts'
import type { Caller } from './path-walk.ts'
import { parseTmpfsOptions, tmpfsTree } from './tmpfs.ts'
import { Tree } from './tree.ts'

/** Kernel file systems that are one and the same wherever they are mounted. */
const SINGLE = new Set(
  'sysfs cgroup2 devtmpfs mqueue debugfs tracefs securityfs configfs pstore fusectl'.split(' '),
)

/** Of those, the ones that are modelled even where the image has them not mounted. */
const GENERATED = new Set(['sysfs', 'cgroup2'])

/** File systems as mount(2) makes them, and as a remount changes them. Throws `KernelError`. */
export class Superblocks {
  readonly #context: MountingContext

  constructor(context: MountingContext) {
    this.#context = context
  }

  /** What mount(2) of a type comes to: a file system of its own, or the one that there is. */
  make(
    caller: Caller,
    { source, fstype, flags, data }: MountRequest,
  ): Pick<Mount, 'superblock' | 'fstype' | 'source' | 'superOptions' | 'majorMinor' | 'overlay'> {
    const state = flags.has('ro') ? 'ro' : 'rw'
    const majorMinor = this.#context.kernel.mounts.freeDevice()
    const superblock = `${fstype}@${majorMinor}`
    if (fstype === 'tmpfs' || fstype === 'ramfs') {
      const options = this.#tmpfsOptions(fstype, data)
      const tree = tmpfsTree(options, this.#context.seconds())
      this.#context.keep(superblock, tree)
      return { superblock, fstype, source, majorMinor, superOptions: [state, ...options.shown].join(',') }
    }
    if (fstype === 'overlay') {
      const { overlay, shown } = overlayOptions(this.#context, caller, data)
      const overlayState = overlay.upper === undefined ? 'ro' : state
      return {
        superblock,
        fstype,
        source,
        majorMinor,
        overlay,
        superOptions: [overlayState, ...shown].join(','),
      }
    }
    // Every mount of proc is one of its own, since Linux 5.8.
    if (fstype === 'proc' && data.length === 0)
      return { superblock, fstype, source, majorMinor, superOptions: state }
    return { fstype, source, ...this.#single(fstype, data, majorMinor) }
  }

  #single(
    fstype: string,
    data: readonly string[],
    majorMinor: string,
  ): Pick<Mount, 'superblock' | 'superOptions' | 'majorMinor'> {
    const known = this.#context.kernel.mounts.all.find(mount => mount.fstype === fstype)
    if (data.length > 0 || !SINGLE.has(fstype) || (known === undefined && !GENERATED.has(fstype)))
      throw new Unsimulated('mount(2)', [`a file system of type ${fstype}`, ...data].join(' with '))
    if (known === undefined) return { superblock: fstype, majorMinor, superOptions: 'rw' }
    return { superblock: known.superblock, majorMinor: known.majorMinor, superOptions: known.superOptions }
  }

  #tmpfsOptions(fstype: string, data: readonly string[]): ReturnType<typeof parseTmpfsOptions> {
    const memoryBytes = this.#context.kernel.record.memTotalKiB * 1024
    if (fstype === 'tmpfs') {
      const isShowingInodes = this.#context.kernel.mounts.all.some(({ superOptions }) =>
        superOptions.includes('inode64'),
      )
      return parseTmpfsOptions(data, { memoryBytes, isShowingInodes })
    }
    // ramfs ignores what it does not know (fs/ramfs/inode.c), and has no limit.
    if (data.length > 0) throw new Unsimulated('mount(2)', `ramfs with ${data.join(',')}`)
    return { sizeBytes: 0, inodes: undefined, mode: 0o755, uid: 0, gid: 0, shown: [] }
  }

  /** The file system's part of a remount. */
  reconfigure(mount: Mount, { flags, data }: Pick<MountRequest, 'flags' | 'data'>): void {
    const state = flags.has('ro') ? 'ro' : 'rw'
    const [, ...shown] = mount.superOptions.split(',')
    const driver = this.#context.driver(mount.superblock)
    if (mount.fstype !== 'tmpfs' || !(driver instanceof Tree)) {
      const added = data.filter(option => !shown.includes(option))
      if (added.length > 0)
        throw new Unsimulated('mount(2)', `remounting ${mount.fstype} with ${added.join(',')}`)
      this.#context.kernel.mounts.setSuperOptions(mount.superblock, [state, ...shown].join(','))
      return
    }
    const kept = shown.filter(option => option !== 'inode64')
    const options = this.#tmpfsOptions('tmpfs', [...kept, ...data.filter(option => option !== 'inode64')])
    if (options.sizeBytes !== driver.space.capacityBytes && options.sizeBytes > 0)
      driver.resize(options.sizeBytes)
    this.#context.kernel.mounts.setSuperOptions(mount.superblock, [state, ...options.shown].join(','))
  }
}
