import { baseName } from './coreutils.ts'
import { program, usageError } from './getopt.ts'
import { quote } from './quote.ts'

/** basename(1) of coreutils 9.1. */
export const basename = program(
  { options: ['a,multiple', 's,suffix:', 'z,zero'], isStoppingAtOperand: true },
  (process, options) => {
    const [first, second, extra] = options.operands
    if (first === undefined) throw usageError(process, 'missing operand')
    const isMultiple = options.has('multiple') || options.has('suffix')
    if (!isMultiple && extra !== undefined)
      throw usageError(process, `extra operand ${quote(process, extra)}`)
    const suffix = options.value('suffix') ?? (isMultiple ? '' : (second ?? ''))
    for (const path of isMultiple ? options.operands : [first]) {
      const name = baseName(path)
      const isCut = suffix !== '' && name !== suffix && name.endsWith(suffix)
      process.print((isCut ? name.slice(0, -suffix.length) : name) + (options.has('zero') ? '\0' : '\n'))
    }
    return 0
  },
)
