import { dirName } from './coreutils.ts'
import { program, usageError } from './getopt.ts'

/** dirname(1) of coreutils 9.1. */
export const dirname = program({ options: ['z,zero'] }, (process, options) => {
  if (options.operands.length === 0) throw usageError(process, 'missing operand')
  for (const path of options.operands) process.print(dirName(path) + (options.has('zero') ? '\0' : '\n'))
  return 0
})
