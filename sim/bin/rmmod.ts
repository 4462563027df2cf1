import { KernelError, strerror } from '../../src/host/errno.ts'
import { moduleName } from '../formats/modprobe-d.ts'
import { byNameHash } from '../fs/kernfs.ts'
import type { Process } from '../process.ts'
import { program } from './getopt.ts'
import { kmodRelease } from './kmod-release.ts'

/** rmmod(8): delete_module(2) by name, with checks of its own first. */
export const rmmod = program(
  { options: ['v,verbose', 's,syslog', 'V,version'], unsimulated: ['f,force', 'w'], hint: '' },
  (process, options) => {
    if (options.has('version')) {
      process.print(kmodRelease(process).version)
      return 0
    }
    if (options.operands.length === 0) {
      process.complain('rmmod: ERROR: missing module name.\n')
      return 1
    }
    const removed = options.operands.map(name => remove(process, moduleName(name), name))
    return removed.every(Boolean) ? 0 : 1
  },
)

function remove(process: Process, name: string, given: string): boolean {
  const problem = inUse(process, name)
  if (problem !== undefined) {
    process.complain(`rmmod: ERROR: ${problem}\n`)
    return false
  }
  try {
    process.kernel.modules.unload(name, process.credentials)
    return true
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    process.complain(`rmmod: ERROR: could not remove module ${given}: ${strerror(error.errno)}\n`)
    return false
  }
}

/** check_module_inuse() of tools/rmmod.c. */
function inUse(process: Process, name: string): string | undefined {
  const { modules, record } = process.kernel
  if (record.builtin?.includes(name)) return `Module ${name} is builtin.`
  if (!modules.isLive(name)) return `Module ${name} is not currently loaded`
  const users = modules.usedBy(name)
  if (users.length > 0) return `Module ${name} is in use by: ${users.toSorted(byNameHash).join(' ')}`
  return modules.refcount(name) > 0 ? `Module ${name} is in use` : undefined
}
