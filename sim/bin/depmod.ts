import { strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import { errnoOf } from './coreutils.ts'
import { program } from './getopt.ts'
import { kmodRelease } from './kmod-release.ts'

/**
 * depmod(8) of kmod. Modules are in the image without their content, so it is only known what depmod makes of those that
 * the image has: the index that is there already.
 */
export const depmod = program(
  {
    options: ['a,all', 'A,quick', 'w,warn', 'n,show', 'dry-run', 'V,version'],
    unsimulated: [
      'b,basedir:',
      'C,config:',
      'E,symvers:',
      'F,filesyms:',
      'e,errsyms',
      'v,verbose',
      'P,symbol-prefix:',
    ].concat(['u', 'q', 'r', 'm', 'o:', 'outdir:', 'moduledir:']),
    hint: '',
  },
  (process, options) => {
    if (options.has('version')) {
      process.print(kmodRelease(process).version)
      return 0
    }
    const [first] = options.operands
    const isVersion = first !== undefined && /^\d+\.\d+/.test(first)
    if (first !== undefined && !isVersion) {
      if (first.startsWith('/')) throw new Unsimulated('depmod', `the file ${first}`)
      process.complain(`depmod: ERROR: Bad version passed ${first}\n`)
      return 1
    }
    const release = isVersion ? first : process.kernel.record.release
    const directory = `/lib/modules/${release}`
    const errno = errnoOf(() => process.readdir(directory))
    if (errno !== undefined) {
      const missing = `depmod: ERROR: could not open directory ${directory}: ${strerror(errno)}\n`
      process.complain(missing.repeat(options.has('quick') ? 2 : 1))
      process.complain(`depmod: FATAL: could not search modules: ${strerror(errno)}\n`)
      return 1
    }
    if (options.has('show') || options.has('dry-run')) throw new Unsimulated('depmod', '--dry-run')
    if (release !== process.kernel.record.release) throw new Unsimulated('depmod', `the kernel ${release}`)
    checkUnchanged(process, directory)
    return 0
  },
)

/** The index stays as it is while the modules are those of the image. */
function checkUnchanged(process: Process, directory: string): void {
  const known = new Set(
    Object.values(process.kernel.record.modules ?? {}).map(({ path }) => `${directory}/${path}`),
  )
  const found = [...modulesBelow(process, directory)]
  const other = found.find(path => !known.has(path))
  if (other !== undefined) throw new Unsimulated('depmod', `${other}, which is no module of the image`)
  if (found.length !== known.size)
    throw new Unsimulated('depmod', 'an index without modules that were removed')
  if (!process.exists(`${directory}/modules.dep.bin`))
    throw new Unsimulated('depmod', 'writing an index that is not there')
}

function* modulesBelow(process: Process, directory: string): Iterable<string> {
  for (const name of process.readdir(directory)) {
    const path = `${directory}/${name}`
    const { type } = process.lstat(path)
    if (type === 'directory') yield* modulesBelow(process, path)
    else if (/\.ko(?:\.\w+)?$/.test(name)) yield path
  }
}
