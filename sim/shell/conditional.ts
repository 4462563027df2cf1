import type { Blocking } from '../scheduler.ts'
import {
  ArithmeticFailed,
  assignElement,
  evaluateExpanded,
  expandPattern,
  expandRegExp,
  expandText,
} from './expand.ts'
import { compareFiles, FILE_OPERATORS, testFile } from './file-test.ts'
import { readElement } from './parameter.ts'
import { matchesPattern } from './pattern.ts'
import { quoteForTrace } from './quote.ts'
import { posixRegExp } from './regular-expression.ts'
import type { Shell, ShellOption } from './shell.ts'
import type { ConditionalExpression } from './syntax.ts'
import { trace } from './trace.ts'
import { elementsOf } from './variables.ts'

/** `[[ … ]]`: 0, 1, or 2 where the expression is wrong. */
export function* evaluateConditional(shell: Shell, expression: ConditionalExpression): Blocking<number> {
  try {
    return (yield* evaluate(shell, expression)) ? 0 : 1
  } catch (error) {
    if (error instanceof ArithmeticFailed) return 1
    if (error instanceof BadRegExp) return 2
    throw error
  }
}

/** A regular expression that regcomp(3) refuses; nothing is said. */
class BadRegExp extends Error {
  override readonly name = 'BadRegExp'
}

function* evaluate(shell: Shell, expression: ConditionalExpression): Blocking<boolean> {
  switch (expression.type) {
    case 'CondAnd':
      return (yield* evaluate(shell, expression.left)) && (yield* evaluate(shell, expression.right))
    case 'CondOr':
      return (yield* evaluate(shell, expression.left)) || (yield* evaluate(shell, expression.right))
    case 'CondNot':
      return !(yield* evaluate(shell, expression.operand))
    case 'CondGroup':
      return yield* evaluate(shell, expression.expression)
    case 'CondWord': {
      const text = yield* expandText(shell, expression.word)
      tell(shell, `-n ${quoteForTrace(text)}`)
      return text !== ''
    }
    case 'CondUnary':
      return yield* unary(shell, expression)
    case 'CondBinary':
      return yield* binary(shell, expression)
  }
}

function tell(shell: Shell, words: string): void {
  if (shell.options.has('xtrace')) trace(shell, `[[ ${words} ]]`)
}

/** Unary operators of `[[` that are simulated. */
export const UNARY_OPERATORS: readonly string[] = ['-z', '-n', '-v', '-o', '-t', ...FILE_OPERATORS]

function* unary(
  shell: Shell,
  expression: Extract<ConditionalExpression, { type: 'CondUnary' }>,
): Blocking<boolean> {
  const { operator } = expression
  const operand = yield* expandText(shell, expression.operand)
  tell(shell, `${operator} ${quoteForTrace(operand)}`)
  if (operator === '-z') return operand === ''
  if (operator === '-n') return operand !== ''
  if (operator === '-v') return yield* isSet(shell, operand)
  if (operator === '-o') return shell.options.has(operand as ShellOption)
  if (operator === '-t') return shell.process.files.get(Number(operand))?.isTerminal ?? false
  if (FILE_OPERATORS.includes(operator)) return testFile(shell.process, operator, operand)
  throw shell.unsimulated(`the operator ${operator} of [[`)
}

/** `-v name`, `-v name[key]`. */
export function* isSet(shell: Shell, operand: string): Blocking<boolean> {
  const [, name = operand, subscript] = /^([A-Za-z_]\w*)\[([\s\S]*)\]$/.exec(operand) ?? []
  if (subscript === '@' || subscript === '*') return elementsOf(shell.variables.get(name)).length > 0
  return (yield* readElement(shell, name, subscript)) !== undefined
}

const COMPARE: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
  '-eq': (a, b) => a === b,
  '-ne': (a, b) => a !== b,
  '-lt': (a, b) => a < b,
  '-le': (a, b) => a <= b,
  '-gt': (a, b) => a > b,
  '-ge': (a, b) => a >= b,
}

function* binary(
  shell: Shell,
  expression: Extract<ConditionalExpression, { type: 'CondBinary' }>,
): Blocking<boolean> {
  const { operator } = expression
  const left = yield* expandText(shell, expression.left)
  if (operator === '=~') return yield* matchRegExp(shell, left, expression.right)
  if (operator === '=' || operator === '==' || operator === '!=') {
    const pattern = yield* expandPattern(shell, expression.right)
    tell(shell, `${quoteForTrace(left)} ${operator} ${pattern}`)
    const isCaseless = shell.shopts.has('nocasematch')
    return matchesPattern(left, pattern, { isExtended: true, isCaseless }) === (operator !== '!=')
  }
  const right = yield* expandText(shell, expression.right)
  tell(shell, `${quoteForTrace(left)} ${operator} ${quoteForTrace(right)}`)
  if (operator === '<') return left < right
  if (operator === '>') return left > right
  const compare = COMPARE[operator]
  if (compare === undefined) return compareFiles(shell.process, operator, left, right)
  const label = { label: '[[: ', severity: 'status' } as const
  const a = yield* evaluateExpanded(shell, left, label)
  return compare(a, yield* evaluateExpanded(shell, right, label))
}

function* matchRegExp(
  shell: Shell,
  text: string,
  word: Extract<ConditionalExpression, { type: 'CondBinary' }>['right'],
): Blocking<boolean> {
  const source = yield* expandRegExp(shell, word)
  tell(shell, `${quoteForTrace(text)} =~ ${source}`)
  const expression = posixRegExp(source, shell.shopts.has('nocasematch'))
  if (expression === undefined) throw new BadRegExp(source)
  const match = expression.exec(text)
  const groups = new Map([...(match ?? [])].map((group, index) => [index, group ?? '']))
  shell.variables.set('BASH_REMATCH', { isArray: 'indexed', value: groups })
  if (match === null) yield* assignElement(shell, { name: 'BASH_REMATCH', subscript: '0' }, '')
  return match !== null
}
