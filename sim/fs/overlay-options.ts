import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { Layer, Mount, OverlayLayers } from '../kernel/mounts.ts'
import { FsContextError } from './fs-context.ts'
import type { MountingContext } from './mounting.ts'
import type { Caller } from './path-walk.ts'

/** Options of overlay (fs/overlayfs/params.c) that change what is not modelled. */
const UNMODELLED =
  /^(?:redirect_dir|index|xino|metacopy|nfs_export|uuid|verity|volatile|userxattr|default_permissions|lowerdir\+|datadir\+)(?:=|$)/

/**
 * What an overlay is made of, as ovl_fill_super() of fs/overlayfs/super.c checks it: EINVAL for options that are
 * missing or unknown and directories that will not do, ENOENT for one that is not there.
 */
export function overlayOptions(
  context: MountingContext,
  caller: Caller,
  data: readonly string[],
): { readonly overlay: OverlayLayers; readonly shown: readonly string[] } {
  const values = new Map<string, string>()
  for (const option of data) {
    const [key = '', value] = option.split(/=(.*)/s)
    if (UNMODELLED.test(option)) throw new Unsimulated('mount(2)', `overlay with ${option}`)
    if (!['lowerdir', 'upperdir', 'workdir'].includes(key))
      throw new FsContextError('EINVAL', `overlay: Unknown parameter '${key}'`)
    if (value === undefined) throw new KernelError('EINVAL')
    values.set(key, value)
  }
  const lowerdir = values.get('lowerdir')
  const upperdir = values.get('upperdir')
  const workdir = values.get('workdir')
  if (lowerdir === undefined || (upperdir !== undefined && workdir === undefined))
    throw new KernelError('EINVAL')
  const lower = lowerdir.split(':').map(path => directoryAt(context, caller, path).layer)
  const shown = [
    `lowerdir=${lowerdir}`,
    ...(upperdir === undefined ? [] : [`upperdir=${upperdir}`, `workdir=${workdir}`]),
    ...(upperdir === undefined || !isShowingUuid(context) ? [] : ['uuid=on']),
  ]
  if (upperdir === undefined || workdir === undefined) return { overlay: { lower }, shown }
  const upper = directoryAt(context, caller, upperdir)
  checkWorkdir(context, caller, { upper, workdir })
  return { overlay: { lower, upper: upper.layer }, shown }
}

interface Directory {
  readonly layer: Layer
  readonly mount: Mount
  readonly path: string
}

function directoryAt(context: MountingContext, caller: Caller, path: string): Directory {
  const { mount, driver, node, path: real } = context.fs.mountOf(caller, path)
  if (driver.getattr(node).type !== 'directory') throw new KernelError('EINVAL')
  return { layer: { superblock: mount.superblock, node }, mount, path: real }
}

/** On the same mount as the upper directory, apart from it; the kernel makes `work` in it. */
function checkWorkdir(
  context: MountingContext,
  caller: Caller,
  { upper, workdir }: { readonly upper: Directory; readonly workdir: string },
): void {
  const work = directoryAt(context, caller, workdir)
  const isWithin = (one: string, other: string): boolean => one === other || one.startsWith(`${other}/`)
  if (work.mount.id !== upper.mount.id) throw new KernelError('EINVAL')
  if (isWithin(work.path, upper.path) || isWithin(upper.path, work.path)) throw new KernelError('EINVAL')
  if (upper.mount.fstype === 'overlay') throw new KernelError('EINVAL')
  const made = `${work.path}/work`
  if (context.fs.canAccess(caller, made, 'exists')) return
  context.fs.mkdir(caller, made, 0)
}

/**
 * Kernels from 6.6 on show `uuid=on`, which is what the default, `auto`, comes to on a new overlay with an upper directory: the
 * commit "ovl: auto generate uuid for new overlay filesystems", merged for 6.6; Documentation/filesystems/overlayfs.rst,
 * "UUID and fsid".
 */
function isShowingUuid({ kernel }: MountingContext): boolean {
  const [major = 0, minor = 0] = kernel.record.release.split('.').map(Number)
  return major > 6 || (major === 6 && minor >= 6)
}
