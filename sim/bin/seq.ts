import { Unsimulated } from '../../src/host/host.ts'
import type { Blocking } from '../scheduler.ts'
import { program, usageError } from './getopt.ts'
import { quote } from './quote.ts'

/** seq(1) of coreutils 9.1. A negative number is no option. */
export const seq = program(
  { options: ['s,separator:', 'w,equal-width'], unsimulated: ['f,format:'], isStoppingAtOperand: true },
  function* (process, options): Blocking<number> {
    const operands = options.operands.map(operand => operand.replace(/^\0/, ''))
    const problem =
      operands.length === 0
        ? 'missing operand'
        : operands.length > 3
          ? `extra operand ${quote(process, operands[3] ?? '')}`
          : operands
              .filter(text => !/^[-+]?(\d+\.?\d*|\.\d+)$/.test(text))
              .map(text => `invalid floating point argument: ${quote(process, text)}`)[0]
    if (problem !== undefined) {
      process.complain(usageError(process, problem).text)
      return 1
    }
    if (operands.some(text => text.includes('.'))) throw new Unsimulated('seq', 'a fraction')
    const [first = 1, step = 1, last = 1] = numbersOf(operands)
    const values: string[] = []
    for (let value = first; step > 0 ? value <= last : step < 0 && value >= last; value += step)
      values.push(String(value))
    const width = options.has('equal-width') ? Math.max(...values.map(text => text.length)) : 0
    const separator = options.value('separator') ?? '\n'
    if (values.length > 0)
      yield* process.write(1, `${values.map(text => padded(text, width)).join(separator)}\n`)
    return 0
  },
  { rewrite: argv => argv.map((word, index) => (index > 0 && /^-\.?\d/.test(word) ? `\0${word}` : word)) },
)

function numbersOf(operands: readonly string[]): readonly number[] {
  const [a = 1, b, c] = operands.map(Number)
  if (b === undefined) return [1, 1, a]
  return c === undefined ? [a, 1, b] : [a, b, c]
}

const padded = (text: string, width: number): string =>
  text.startsWith('-') ? `-${text.slice(1).padStart(width - 1, '0')}` : text.padStart(width, '0')
