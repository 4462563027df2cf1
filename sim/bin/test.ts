import type { Process } from '../process.ts'
import { evaluateTest, TestError, type TestWords } from '../shell/test-expression.ts'
import { ANY_WORDS, withCommandLine } from './getopt.ts'
import { quote } from './quote.ts'

/** test(1) and [(1) of coreutils 9.1. */
export const test = (process: Process): number => {
  const args = process.argv.slice(1)
  try {
    if (process.name === '[' && args.pop() !== ']') throw new TestError(`missing ${quote(process, ']')}`)
    return evaluateTest(process, args, { words: wordsOf(process) }) ? 0 : 1
  } catch (error) {
    if (!(error instanceof TestError)) throw error
    process.complain(`${process.argv[0]}: ${error.message}\n`)
    return 2
  }
}

const wordsOf = (process: Process): TestWords => ({
  integerExpected: text => `invalid integer ${quote(process, text)}`,
  unaryExpected: (_, second) => `missing argument after ${quote(process, second)}`,
  binaryExpected: operator => `${quote(process, operator)}: binary operator expected`,
  argumentExpected: () => '',
  missingBracket: `missing ${quote(process, ']')}`,
  tooMany: argument => `extra argument ${quote(process, argument)}`,
})

withCommandLine(test, ANY_WORDS)
