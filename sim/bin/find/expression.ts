import type { Process } from '../../process.ts'
import type { Blocking } from '../../scheduler.ts'
import { quote } from '../quote.ts'
import { execute, executeMany, print, prune, quit, remove } from './actions.ts'
import type { Run, Test } from './entry.ts'
import { printf } from './printf.ts'
import { FindError, type FindRelease } from './release.ts'
import { PLAIN_TESTS, TESTS } from './tests.ts'

/** What stands behind the starting points, as find understands it. */
export interface FindExpression {
  readonly test: Test
  readonly minDepth: number
  readonly maxDepth: number
  /** What is in a directory comes before it: -depth, -delete. */
  readonly isDepthFirst: boolean
  /** -xdev. */
  readonly isOneFileSystem: boolean
}

const UNSIMULATED = [
  ...'-amin -anewer -atime -cmin -cnewer -context -ctime -fstype -ilname -inum -iregex -iwholename -lname'.split(
    ' ',
  ),
  ...'-newerXY -regex -regextype -samefile -used -xtype -execdir -fls -fprint -fprint0 -fprintf -ls -ok'.split(
    ' ',
  ),
  ...'-okdir -daystart -follow -ignore_readdir_race -noleaf -nowarn -warn -files0-from -help -version'.split(
    ' ',
  ),
]

/** The expression of a command line; throws `FindError` for what find refuses. */
export function parseExpression(
  words: readonly string[],
  context: { readonly process: Process; readonly release: FindRelease; readonly run: Run },
): FindExpression {
  return new Parser(words, context).parse()
}

class Parser {
  readonly #words: readonly string[]
  readonly #process: Process
  readonly #release: FindRelease
  readonly #run: Run
  #at = 0
  #minDepth = 0
  #maxDepth = Number.POSITIVE_INFINITY
  #isDepthFirst = false
  #isOneFileSystem = false
  #hasAction = false

  constructor(
    words: readonly string[],
    {
      process,
      release,
      run,
    }: { readonly process: Process; readonly release: FindRelease; readonly run: Run },
  ) {
    this.#words = words
    this.#process = process
    this.#release = release
    this.#run = run
  }

  parse(): FindExpression {
    const given = this.#words.length === 0 ? () => true : this.#list()
    if (this.#at < this.#words.length) throw new FindError("you have too many ')'")
    return {
      test: this.#hasAction ? given : and(given, print('\n')),
      minDepth: this.#minDepth,
      maxDepth: this.#maxDepth,
      isDepthFirst: this.#isDepthFirst,
      isOneFileSystem: this.#isOneFileSystem,
    }
  }

  get #word(): string | undefined {
    return this.#words[this.#at]
  }

  #take(...words: readonly string[]): boolean {
    if (this.#word === undefined || !words.includes(this.#word)) return false
    this.#at++
    return true
  }

  #list(): Test {
    let left = this.#or()
    while (this.#take(',')) left = sequence(left, this.#or())
    return left
  }

  #or(): Test {
    let left = this.#and()
    while (this.#word === '-o' || this.#word === '-or')
      left = or(
        left,
        this.#operandAfter(() => this.#and()),
      )
    return left
  }

  #and(): Test {
    let left = this.#not()
    for (;;) {
      if (this.#word === '-a' || this.#word === '-and')
        left = and(
          left,
          this.#operandAfter(() => this.#not()),
        )
      else if (this.#word === undefined || [')', '-o', '-or', ','].includes(this.#word)) return left
      else left = and(left, this.#not())
    }
  }

  /** What follows an operator must be there. */
  #operandAfter(parse: () => Test): Test {
    const operator = this.#words[this.#at++] ?? ''
    if (this.#word === undefined)
      throw new FindError(`expected an expression after ${quote(this.#process, operator)}`)
    return parse()
  }

  #not(): Test {
    if (this.#word !== '!' && this.#word !== '-not') return this.#primary()
    const inner = this.#operandAfter(() => this.#not())
    return function* (entry, run): Blocking<boolean> {
      return !(yield* holds(inner, entry, run))
    }
  }

  #primary(): Test {
    const word = this.#words[this.#at++] ?? ''
    if (word === '(') return this.#group()
    if (['-o', '-or', '-a', '-and', ','].includes(word))
      throw new FindError(
        `invalid expression; you have used a binary operator '${word}' with nothing before it.`,
      )
    const plain = PLAIN_TESTS[word] ?? this.#option(word) ?? this.#action(word)
    if (plain !== undefined) return plain
    const make = TESTS[word]
    if (make === undefined) return this.#unknown(word)
    return make({
      process: this.#process,
      release: this.#release,
      name: word,
      argument: this.#argument(word),
    })
  }

  #unknown(word: string): never {
    if (UNSIMULATED.includes(word) || /^-newer[aBcmt]{2}$/.test(word))
      throw new FindError(undefined, `the predicate ${word}`)
    if (word.startsWith('-')) throw new FindError(`unknown predicate \`${word}'`)
    throw new FindError(undefined, `a path behind the expression: ${word}`)
  }

  #group(): Test {
    if (this.#word === ')') throw new FindError(undefined, 'empty parentheses')
    const inner = this.#list()
    if (!this.#take(')'))
      throw new FindError("invalid expression; I was expecting to find a ')' somewhere but did not see one.")
    return inner
  }

  #argument(word: string): string {
    const argument = this.#words[this.#at++]
    if (argument === undefined) throw new FindError(`missing argument to \`${word}'`)
    return argument
  }

  #option(word: string): Test | undefined {
    const always: Test = () => true
    switch (word) {
      case '-maxdepth':
        this.#maxDepth = this.#depth(word)
        return always
      case '-mindepth':
        this.#minDepth = this.#depth(word)
        return always
      case '-depth':
      case '-d':
        this.#isDepthFirst = true
        return always
      case '-xdev':
      case '-mount':
        this.#isOneFileSystem = true
        return always
      default:
        return undefined
    }
  }

  #depth(word: string): number {
    const argument = this.#argument(word)
    if (!/^\d+$/.test(argument))
      throw new FindError(
        `Expected a positive decimal integer argument to ${word}, but got ${quote(this.#process, argument)}`,
      )
    return Number(argument)
  }

  #action(word: string): Test | undefined {
    const action = this.#actionOf(word)
    if (action !== undefined && word !== '-prune' && word !== '-quit') this.#hasAction = true
    return action
  }

  #actionOf(word: string): Test | undefined {
    switch (word) {
      case '-print':
        return print('\n')
      case '-print0':
        return print('\0')
      case '-printf':
        return printf(this.#argument(word))
      case '-prune':
        return prune
      case '-quit':
        return quit
      case '-delete':
        this.#isDepthFirst = true
        return remove
      case '-exec':
        return this.#exec(word)
      default:
        return undefined
    }
  }

  #exec(word: string): Test {
    const from = this.#at
    for (let at = from; at < this.#words.length; at++) {
      const isMany = this.#words[at] === '+' && this.#words[at - 1] === '{}'
      if (this.#words[at] !== ';' && !isMany) continue
      const command = this.#words.slice(from, isMany ? at - 1 : at)
      if (command.length === 0) break
      this.#at = at + 1
      if (isMany && command.some(part => part.includes('{}')))
        throw new FindError(undefined, 'several {} with +')
      return isMany ? executeMany(command, this.#run) : execute(command)
    }
    throw new FindError(`missing argument to \`${word}'`)
  }
}

/** The answer of a test that may block. */
export function* holds(test: Test, ...[entry, run]: Parameters<Test>): Blocking<boolean> {
  const answer = test(entry, run)
  return typeof answer === 'boolean' ? answer : yield* answer
}

const and = (left: Test, right: Test): Test =>
  function* (entry, run): Blocking<boolean> {
    return (yield* holds(left, entry, run)) && !run.isQuitting && (yield* holds(right, entry, run))
  }

const or = (left: Test, right: Test): Test =>
  function* (entry, run): Blocking<boolean> {
    return (yield* holds(left, entry, run)) || (yield* holds(right, entry, run))
  }

const sequence = (left: Test, right: Test): Test =>
  function* (entry, run): Blocking<boolean> {
    yield* holds(left, entry, run)
    return yield* holds(right, entry, run)
  }
