import { KernelError } from '../../src/host/errno.ts'
import { decodeText } from '../../src/host/surrogate-escape.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { complain } from './coreutils.ts'
import { program, usageError } from './getopt.ts'
import { quote, quoteIfNeeded } from './quote.ts'

/** uniq(1) of coreutils 9.1. */
export const uniq = program(
  {
    options: ['c,count', 'd,repeated', 'i,ignore-case', 'u,unique'],
    unsimulated: [
      'D',
      'all-repeated::',
      'f,skip-fields:',
      's,skip-chars:',
      'w,check-chars:',
      'group::',
      'z,zero-terminated',
    ],
  },
  function* (process, options): Blocking<number> {
    const [input = '-', output, extra] = options.operands
    if (extra !== undefined) {
      process.complain(usageError(process, `extra operand ${quote(process, extra)}`).text)
      return 1
    }
    const text = yield* content(process, input)
    if (text === undefined) return 1
    const key = (line: string): string => (options.has('ignore-case') ? line.toLowerCase() : line)
    const groups: { line: string; count: number }[] = []
    for (const line of text.replace(/\n$/, '').split('\n')) {
      const last = groups.at(-1)
      if (last !== undefined && key(last.line) === key(line)) last.count++
      else groups.push({ line, count: 1 })
    }
    const shown = groups.filter(({ count }) =>
      count > 1 ? !options.has('unique') : !options.has('repeated'),
    )
    const lines = shown.map(({ line, count }) =>
      options.has('count') ? `${String(count).padStart(7)} ${line}\n` : `${line}\n`,
    )
    const all = text === '' ? '' : lines.join('')
    if (output === undefined) yield* process.write(1, all)
    else process.writeFile(output, all)
    return 0
  },
)

function* content(process: Process, path: string): Blocking<string | undefined> {
  let fd = 0
  try {
    if (path !== '-') fd = process.open(path, { read: true })
    return decodeText(yield* process.readToEnd(fd))
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    complain(process, quoteIfNeeded(path), error.errno)
    return undefined
  } finally {
    if (fd !== 0) process.close(fd)
  }
}
