import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'

/**
 * request_module() of kernel/module/kmod.c: the kernel itself runs modprobe, as root and with an environment of its
 * own, and goes on whatever comes of it. A kernel without modules does nothing.
 */
export function* requestModule(process: Process, name: string): Blocking<void> {
  const path = '/sbin/modprobe'
  if (!process.kernel.modules.isSupported || !process.canAccess(path, 'execute')) return
  const env = new Map([
    ['HOME', '/'],
    ['TERM', 'linux'],
    ['PATH', '/sbin:/usr/sbin:/bin:/usr/bin'],
  ])
  const child = process.spawn(path, [path, '-q', '--', name], {
    env,
    cwd: '/',
    credentials: process.system.rootCredentials,
    files: new Map(),
  })
  yield* child.wait()
}
