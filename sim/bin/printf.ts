import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { formatPrintf } from '../shell/printf-format.ts'
import { complain } from './coreutils.ts'
import { ANY_WORDS, usageError, withCommandLine } from './getopt.ts'
import { quote, quoteIfNeeded } from './quote.ts'

/** printf(1) of coreutils 9.1. */
export function* printf(process: Process): Blocking<number> {
  const args = process.argv.slice(1)
  if (args[0] === '--') args.shift()
  const format = args.shift()
  if (format === undefined) {
    process.complain(usageError(process, 'missing operand').text)
    return 1
  }
  const { text, exitCode } = formatPrintf(format, args, {
    name: 'coreutils',
    quote: quoteIfNeeded,
    complainNumber: (number, isPartial) =>
      complain(
        process,
        `${quote(process, number)}: ${isPartial ? 'value not completely converted' : 'expected a numeric value'}`,
      ),
    invalidDirective: directive => complain(process, `${directive}: invalid conversion specification`),
  })
  yield* process.write(1, text)
  return exitCode
}

withCommandLine(printf, ANY_WORDS)
