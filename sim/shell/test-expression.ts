import type { Process } from '../process.ts'
import { compareFiles, FILE_OPERATORS, testFile } from './file-test.ts'

/** The three programs that are called test have one grammar and three ways to complain. */
export interface TestWords {
  integerExpected(text: string): string
  /** Two words, of which the first is no unary operator. */
  unaryExpected(first: string, second: string): string
  binaryExpected(operator: string): string
  argumentExpected(): string
  missingBracket: string
  tooMany(argument: string): string
}

/** An expression that is wrong. */
export class TestError extends Error {
  override readonly name = 'TestError'
}

export interface TestOptions {
  readonly words: TestWords
  /** `-v name` and `-o option`, which only a shell knows. */
  readonly isSet?: (operator: string, name: string) => boolean
}

const BINARY = ['=', '==', '!=', '<', '>', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef']
const INTEGER: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
  '-eq': (a, b) => a === b,
  '-ne': (a, b) => a !== b,
  '-lt': (a, b) => a < b,
  '-le': (a, b) => a <= b,
  '-gt': (a, b) => a > b,
  '-ge': (a, b) => a >= b,
}

/**
 * test(1) and `[`: decided by the number of arguments up to four (POSIX), by precedence beyond. Throws `TestError`.
 */
export function evaluateTest(process: Process, args: readonly string[], options: TestOptions): boolean {
  return new TestExpression(process, args, options).evaluate()
}

class TestExpression {
  readonly #process: Process
  readonly #args: readonly string[]
  readonly #options: TestOptions
  #at = 0

  constructor(process: Process, args: readonly string[], options: TestOptions) {
    this.#process = process
    this.#args = args
    this.#options = options
  }

  evaluate(): boolean {
    const result = this.#byCount(this.#args)
    if (result !== undefined) return result
    const value = this.#or()
    const rest = this.#args[this.#at]
    if (rest !== undefined) throw new TestError(this.#options.words.tooMany(rest))
    return value
  }

  #byCount(args: readonly string[]): boolean | undefined {
    const [a = '', b = '', c = '', d = ''] = args
    switch (args.length) {
      case 0:
        return false
      case 1:
        return a !== ''
      case 2:
        if (a === '!') return b === ''
        if (this.#isUnary(a)) return this.#unary(a, b)
        throw new TestError(this.#options.words.unaryExpected(a, b))
      case 3:
        if (this.#isBinary(b)) return this.#binary(b, a, c)
        if (b === '-a') return a !== '' && c !== ''
        if (b === '-o') return a !== '' || c !== ''
        if (a === '!') return !(this.#byCount([b, c]) ?? false)
        if (a === '(' && c === ')') return b !== ''
        throw new TestError(this.#options.words.binaryExpected(b))
      case 4:
        if (a === '!') return !(this.#byCount([b, c, d]) ?? false)
        if (a === '(' && d === ')') return this.#byCount([b, c])
        return undefined
      default:
        return undefined
    }
  }

  #or(): boolean {
    let value = this.#and()
    while (this.#args[this.#at] === '-o') {
      this.#at++
      value = this.#and() || value
    }
    return value
  }

  #and(): boolean {
    let value = this.#term()
    while (this.#args[this.#at] === '-a') {
      this.#at++
      value = this.#term() && value
    }
    return value
  }

  #term(): boolean {
    const word = this.#take()
    if (word === '!') return !this.#term()
    const next = this.#args[this.#at]
    const operand = this.#args[this.#at + 1]
    if (next !== undefined && operand !== undefined && this.#isBinary(next)) {
      this.#at += 2
      return this.#binary(next, word, operand)
    }
    if (word === '(') {
      const value = this.#or()
      if (this.#take() !== ')') throw new TestError("`)' expected")
      return value
    }
    if (this.#isUnary(word) && next !== undefined) return this.#unary(word, this.#take())
    return word !== ''
  }

  #take(): string {
    const word = this.#args[this.#at++]
    if (word === undefined) throw new TestError(this.#options.words.argumentExpected() || 'argument expected')
    return word
  }

  #isUnary(word: string): boolean {
    if (word === '-z' || word === '-n' || word === '-t' || FILE_OPERATORS.includes(word)) return word !== '-N'
    return this.#options.isSet !== undefined && ['-v', '-o', '-R'].includes(word)
  }

  #isBinary(word: string): boolean {
    return BINARY.includes(word)
  }

  #unary(operator: string, operand: string): boolean {
    if (operator === '-z') return operand === ''
    if (operator === '-n') return operand !== ''
    if (operator === '-t') return this.#process.files.get(Number(this.#integer(operand)))?.isTerminal ?? false
    if (FILE_OPERATORS.includes(operator)) return testFile(this.#process, operator, operand)
    return this.#options.isSet?.(operator, operand) ?? false
  }

  #binary(operator: string, left: string, right: string): boolean {
    const compare = INTEGER[operator]
    if (compare !== undefined) return compare(this.#integer(left), this.#integer(right))
    if (operator === '=' || operator === '==') {
      if (operator === '==' && this.#options.words.argumentExpected() !== '')
        throw new TestError(this.#options.words.binaryExpected(left))
      return left === right
    }
    if (operator === '!=') return left !== right
    if (operator === '<') return left < right
    if (operator === '>') return left > right
    return compareFiles(this.#process, operator, left, right)
  }

  #integer(text: string): bigint {
    if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new TestError(this.#options.words.integerExpected(text))
    return BigInt(text.trim().replace(/^\+/, ''))
  }
}
