import { complain, dirName, errnoOf } from './coreutils.ts'
import { program, usageError } from './getopt.ts'
import { quoteAlways } from './quote.ts'

/** rmdir(1) of coreutils 9.1. */
export const rmdir = program(
  { options: ['p,parents', 'v,verbose', 'ignore-fail-on-non-empty'] },
  (process, options) => {
    if (options.operands.length === 0) throw usageError(process, 'missing operand')
    let status = 0
    for (const operand of options.operands) {
      for (let path = operand; path !== '/' && path !== '.'; path = dirName(path)) {
        if (options.has('verbose'))
          process.print(`${process.argv[0]}: removing directory, ${quoteAlways(path)}\n`)
        const errno = errnoOf(() => process.rmdir(path))
        if (errno !== undefined) {
          const isIgnored = options.has('ignore-fail-on-non-empty') && errno === 'ENOTEMPTY'
          const what = path === operand ? 'failed to remove' : 'failed to remove directory'
          if (!isIgnored) status = complain(process, `${what} ${quoteAlways(path)}`, errno)
          break
        }
        if (!options.has('parents')) break
      }
    }
    return status
  },
)
