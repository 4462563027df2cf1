import type { Blocking } from '../scheduler.ts'
import { evaluateConditional } from './conditional.ts'
import { LoopJump } from './control.ts'
import type { RunOptions } from './evaluate.ts'
import {
  ArithmeticFailed,
  assignElement,
  evaluateText,
  expandPattern,
  expandText,
  expandWords,
} from './expand.ts'
import { waitForChild } from './foreground.ts'
import { matchesPattern } from './pattern.ts'
import { quoteForTrace } from './quote.ts'
import type { Shell } from './shell.ts'
import { startSubshell } from './subshell.ts'
import type { Command, Statement } from './syntax.ts'
import { trace } from './trace.ts'
import { isName } from './variables.ts'

type Compound = Exclude<Command, { type: 'SimpleCommand' }>
type Node<T extends Compound['type']> = Extract<Compound, { type: T }>

/** What one round of a busy loop costs on the virtual clock, so that whoever it waits for gets on. */
const ROUND_NS = 100_000

/** Executes a compound command whose redirections are in place. */
export function* runCompound(shell: Shell, command: Compound, options: RunOptions): Blocking<number> {
  switch (command.type) {
    case 'If':
      return yield* runIf(shell, command, options)
    case 'For':
      return yield* runFor(shell, command)
    case 'CStyleFor':
      return yield* runCStyleFor(shell, command)
    case 'While':
      return yield* runWhile(shell, command, true)
    case 'Until':
      return yield* runWhile(shell, command, false)
    case 'Case':
      return yield* runCase(shell, command)
    case 'Group':
      return yield* shell.interpreter.runStatements(shell, command.body, options)
    case 'Subshell':
      return yield* waitForChild(
        shell,
        startSubshell(shell, inner => inner.interpreter.runStatements(inner, command.body, { isLast: true })),
      )
    case 'FunctionDef':
      shell.functions.set(command.name, {
        definition: command,
        source: shell.source,
        lineOffset: shell.lineOffset,
      })
      return 0
    case 'ArithmeticCommand':
      return yield* runArithmetic(shell, command.expression.originalText ?? '')
    case 'ConditionalCommand':
      return yield* evaluateConditional(shell, command.expression)
  }
}

function* testCondition(shell: Shell, condition: readonly Statement[]): Blocking<boolean> {
  shell.conditionDepth++
  try {
    return (yield* shell.interpreter.runStatements(shell, condition)) === 0
  } finally {
    shell.conditionDepth--
  }
}

function* runIf(shell: Shell, command: Node<'If'>, options: RunOptions): Blocking<number> {
  for (const { condition, body } of command.clauses)
    if (yield* testCondition(shell, condition))
      return yield* shell.interpreter.runStatements(shell, body, options)
  return command.elseBody === null
    ? 0
    : yield* shell.interpreter.runStatements(shell, command.elseBody, options)
}

function* runFor(shell: Shell, command: Node<'For'>): Blocking<number> {
  const { variable, words } = command
  if (!isName(variable)) return shell.fail(`\`${variable}': not a valid identifier`)
  const items = words === null ? shell.positional : yield* expandWords(shell, words)
  let status = 0
  shell.loopDepth++
  try {
    for (const item of items) {
      if (shell.isBash && shell.options.has('xtrace'))
        trace(shell, `for ${variable} in ${items.map(quoteForTrace).join(' ')}`)
      yield* assignElement(shell, { name: variable, subscript: undefined }, item)
      const round = yield* runRound(shell, command.body)
      status = round.status
      if (round.isOver) break
    }
  } finally {
    shell.loopDepth--
  }
  return status
}

function* runCStyleFor(shell: Shell, command: Node<'CStyleFor'>): Blocking<number> {
  const part = (expression: Node<'CStyleFor'>['init']): Blocking<bigint> =>
    evaluateText(shell, expression?.originalText ?? '1', '((: ')
  if (command.init !== null) yield* part(command.init)
  let status = 0
  shell.loopDepth++
  try {
    while (command.condition === null || (yield* part(command.condition)) !== 0n) {
      const round = yield* runRound(shell, command.body)
      status = round.status
      if (round.isOver) break
      if (command.update !== null) yield* part(command.update)
      yield* shell.process.sleep(ROUND_NS)
    }
  } finally {
    shell.loopDepth--
  }
  return status
}

function* runWhile(shell: Shell, command: Node<'While'> | Node<'Until'>, wanted: boolean): Blocking<number> {
  let status = 0
  shell.loopDepth++
  try {
    for (;;) {
      const condition = yield* runGuarded(shell, () => testCondition(shell, command.condition))
      if (condition.isOver || condition.value !== wanted) return status
      const round = yield* runRound(shell, command.body)
      status = round.status
      if (round.isOver) return status
      yield* shell.process.sleep(ROUND_NS)
    }
  } finally {
    shell.loopDepth--
  }
}

function* runRound(shell: Shell, body: readonly Statement[]): Blocking<{ status: number; isOver: boolean }> {
  const { value, isOver } = yield* runGuarded(shell, () => shell.interpreter.runStatements(shell, body))
  return { status: value ?? 0, isOver }
}

/** Takes `break` and `continue` that are meant for this loop; the others go on outwards. */
function* runGuarded<T>(
  shell: Shell,
  body: () => Blocking<T>,
): Blocking<{ value: T | undefined; isOver: boolean }> {
  const { loopDepth, conditionDepth } = shell
  try {
    return { value: yield* body(), isOver: false }
  } catch (thrown) {
    if (!(thrown instanceof LoopJump)) throw thrown
    shell.loopDepth = loopDepth
    shell.conditionDepth = conditionDepth
    if (--thrown.levels > 0 && loopDepth > 1) throw thrown
    return { value: undefined, isOver: thrown.kind === 'break' }
  }
}

function* runCase(shell: Shell, command: Node<'Case'>): Blocking<number> {
  const word = yield* expandText(shell, command.word)
  if (shell.isBash && shell.options.has('xtrace')) trace(shell, `case ${quoteForTrace(word)} in`)
  let status = 0
  let isFalling = false
  for (const { patterns, body, terminator } of command.items) {
    if (!isFalling && !(yield* matchesAny(shell, word, patterns))) continue
    status = yield* shell.interpreter.runStatements(shell, body)
    if (terminator === ';;') return status
    isFalling = terminator === ';&'
  }
  return status
}

function* matchesAny(
  shell: Shell,
  word: string,
  patterns: Node<'Case'>['items'][number]['patterns'],
): Blocking<boolean> {
  for (const pattern of patterns) {
    const text = yield* expandPattern(shell, pattern)
    if (
      matchesPattern(word, text, {
        isExtended: shell.shopts.has('extglob'),
        isCaseless: shell.shopts.has('nocasematch'),
      })
    )
      return true
  }
  return false
}

function* runArithmetic(shell: Shell, text: string): Blocking<number> {
  if (shell.options.has('xtrace')) trace(shell, `(( ${text.trim()} ))`)
  try {
    return (yield* evaluateText(shell, text, '((: ', 'status')) === 0n ? 1 : 0
  } catch (error) {
    if (error instanceof ArithmeticFailed) return 1
    throw error
  }
}
