import { Unsimulated } from '../../src/host/host.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { KernDirectory, KernNode } from './kernfs.ts'

/** sysfs(5), what of it provisioning looks at: /sys/module, and the mount points below /sys/fs and /sys/kernel. */
export function sysRoot(kernel: Kernel): KernDirectory {
  return partial('/sys', {
    module: moduleDirectory(kernel),
    fs: partial('/sys/fs', { cgroup: EMPTY, bpf: EMPTY, pstore: EMPTY, fuse: EMPTY }),
    kernel: partial('/sys/kernel', { security: EMPTY, debug: EMPTY, tracing: EMPTY, config: EMPTY }),
    firmware: partial('/sys/firmware', {}),
  })
}

const EMPTY: KernDirectory = { kind: 'directory', mode: 0o755, names: () => [], lookup: () => undefined }

/** A directory of which some names are modelled; what else there is cannot be listed or opened. */
function partial(path: string, nodes: Readonly<Record<string, KernNode>>): KernDirectory {
  return {
    kind: 'directory',
    mode: 0o755,
    names: () => undefined,
    lookup(name) {
      if (Object.hasOwn(nodes, name)) return nodes[name]
      throw new Unsimulated('sysfs', `${path}/${name}`)
    },
  }
}

/** /sys/module: the live modules. Built-in ones with parameters have a directory too, which is not modelled. */
function moduleDirectory(kernel: Kernel): KernDirectory {
  return {
    kind: 'directory',
    mode: 0o755,
    names: () => undefined,
    lookup(name) {
      if (kernel.modules.isLive(name)) return liveModule(kernel, name)
      if (kernel.record.builtin?.includes(name))
        throw new Unsimulated('sysfs', `/sys/module/${name} of a built-in module`)
      return undefined
    },
  }
}

function liveModule(kernel: Kernel, name: string): KernDirectory {
  const file = (read: () => string): KernNode => ({ kind: 'file', mode: 0o444, read })
  const module = kernel.modules.find(name)
  return partial(`/sys/module/${name}`, {
    initstate: file(
      () => `${module?.state === 'live' ? 'live' : module?.state === 'loading' ? 'coming' : 'going'}\n`,
    ),
    refcnt: file(() => `${kernel.modules.refcount(name)}\n`),
    coresize: file(() => `${module?.sizeBytes ?? 0}\n`),
  })
}
