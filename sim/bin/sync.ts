import type { Process } from '../process.ts'
import { complain, errnoOf } from './coreutils.ts'
import { program } from './getopt.ts'
import { quoteAlways } from './quote.ts'

/** sync(1) of coreutils 9.1: files that are named; without any, everything. */
export const sync = program({ options: ['d,data', 'f,file-system'] }, (process, options) => {
  if (options.operands.length === 0 || options.has('file-system')) {
    syncAll(process)
    return 0
  }
  let status = 0
  for (const path of options.operands) {
    const errno = errnoOf(() => process.system.fs.fsync(process, path))
    if (errno !== undefined) status = complain(process, `error opening ${quoteAlways(path)}`, errno)
  }
  return status
})

/** sync(2). */
function syncAll(process: Process): void {
  process.system.fs.sync()
}
