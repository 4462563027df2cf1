import { KernelError, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import { errnoOf } from './coreutils.ts'
import { type OptionSpec, parseOptions, UsageError, withCommandLine } from './getopt.ts'
import { kmodRelease } from './kmod-release.ts'
import { Kmod, parseParameters } from './libkmod.ts'

/** insmod(8) of kmod: one file, and nothing that it needs. */
export const insmod = withCommandLine(
  (process: Process): number => {
    try {
      const options = parseOptions(process, specOf(process))
      if (options.has('version')) {
        process.print(kmodRelease(process).version)
        return 0
      }
      const [path, ...parameters] = options.operands
      if (path === undefined) return complain(process, 'missing filename.')
      if (path === '-') return complain(process, 'this tool does not support loading from stdin!')
      return insert(process, path, parameters)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      process.complain(error.text)
      return error.exitCode
    }
  },
  process => parseOptions(process, specOf(process)),
)

function specOf(process: Process): OptionSpec {
  const own = kmodRelease(process).isLoggingAlike
    ? { options: ['s,syslog', 'v,verbose', 'V,version'], unsimulated: ['f,force'] }
    : { options: ['p', 's', 'V,version'], unsimulated: ['f'] }
  return { ...own, hint: '' }
}

function insert(process: Process, path: string, parameters: readonly string[]): number {
  const missing = errnoOf(() => process.stat(path))
  if (missing !== undefined) return complain(process, `could not load module ${path}: ${strerror(missing)}`)
  const name = moduleOfFile(process, path)
  if (name === undefined) throw new Unsimulated('insmod', `${path}, which is no module of the image`)
  try {
    process.kernel.modules.load(name, {
      credentials: process.credentials,
      parameters: parseParameters(parameters.join(' ')),
    })
    return 0
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    return complain(process, `could not insert module ${path}: ${words(error)}`)
  }
}

/** The module of the running kernel whose file this is: what other files hold is not known. */
function moduleOfFile(process: Process, path: string): string | undefined {
  const real = process.system.fs.realpath(process, path)
  const base = real.slice(real.lastIndexOf('/') + 1)
  const name = base.slice(0, base.indexOf('.ko')).replaceAll('-', '_')
  const kmod = new Kmod(process)
  const record = process.kernel.modules.record(name)
  const own = `${kmod.directory}/${record?.path ?? ''}`
  if (record === undefined || errnoOf(() => process.stat(own)) !== undefined) return undefined
  return process.system.fs.realpath(process, own) === real ? name : undefined
}

/** mod_strerror() of shared/util.c (tools/insmod.c before 34). */
function words({ errno }: KernelError): string {
  if (errno === 'ENOEXEC') return 'Invalid module format'
  if (errno === 'ENOENT') return 'Unknown symbol in module'
  if (errno === 'ESRCH') return 'Module has wrong symbol version'
  return errno === 'EINVAL' ? 'Invalid parameters' : strerror(errno)
}

function complain(process: Process, text: string): number {
  process.complain(`insmod: ERROR: ${text}\n`)
  return 1
}
