import { parse } from 'just-bash'
import { rewriteForDash } from './dash-syntax.ts'

/** bash 5.2, or Debian's /bin/sh. */
export type Dialect = 'bash' | 'dash'

// The parser's index does not name all node types; they are reached from the root.
export type Statement = ReturnType<typeof parse>['statements'][number]
export type Script = ReturnType<typeof parse>
export type Pipeline = Statement['pipelines'][number]
export type Command = Pipeline['commands'][number]
export type SimpleCommand = Extract<Command, { type: 'SimpleCommand' }>
export type FunctionDefinition = Extract<Command, { type: 'FunctionDef' }>
export type CompoundCommand = FunctionDefinition['body']
export type Assignment = SimpleCommand['assignments'][number]
export type Redirection = SimpleCommand['redirections'][number]
export type HereDocument = Extract<Redirection['target'], { type: 'HereDoc' }>
export type Word = SimpleCommand['args'][number]
export type WordPart = Word['parts'][number]
export type ParameterExpansion = Extract<WordPart, { type: 'ParameterExpansion' }>
export type ParameterOperation = NonNullable<ParameterExpansion['operation']>
export type BraceExpansion = Extract<WordPart, { type: 'BraceExpansion' }>
export type ConditionalExpression = Extract<Command, { type: 'ConditionalCommand' }>['expression']

/** Where a script stops being one. */
export interface SyntaxFault {
  readonly type: 'fault'
  readonly kind: 'near' | 'eof' | 'unterminated' | 'bad-substitution' | 'dash' | 'unsimulated'
  /** The token, the quote that is missing, the substitution, or dash's own words. */
  readonly token: string
  readonly line: number
  /** The line on which the script ends, as dash counts. */
  readonly lastLine: number
  /** The keyword that would have to come, for dash's words. */
  readonly expecting?: string
  /** The text of the line. */
  readonly source: string
}

/** What a shell reads before it executes: complete commands up to the end of a line, or a fault. */
export interface Unit {
  readonly statements: readonly Statement[]
  readonly fault?: SyntaxFault
  /** Offset of its first character. */
  readonly start: number
}

interface ParseFailure {
  readonly name: string
  readonly message: string
  readonly line?: number
  readonly token?: { readonly type: string; readonly value: string }
}

const cache = new Map<string, readonly Unit[]>()
const MAX_CACHED = 256

/**
 * The units of a script, in order; a fault is in the last unit, or, where it is one that shells notice only when they
 * get there (a bad substitution), in any. A shell reads and executes one unit after the other, so what precedes a
 * syntax error is executed.
 */
export function parseUnits(text: string, dialect: Dialect): readonly Unit[] {
  const key = `${dialect}:${text}`
  const known = cache.get(key)
  if (known !== undefined) return known
  const units = dialect === 'dash' ? refuseBashisms(parseWhole(rewriteForDash(text)), text) : parseWhole(text)
  if (cache.size >= MAX_CACHED) cache.clear()
  cache.set(key, units)
  return units
}

/** The shortest prefix of lines that is a complete command: how far a shell has read to execute the first one. */
export function firstUnitEnd(text: string): number {
  return readUnit(text, 0, 1).end
}

/** Whether a shell that has read this much asks for another line before it executes anything of it. */
export function wantsMore(text: string): boolean {
  const { isComplete, failure } = tryParse(text, 1)
  return !isComplete && (failure === undefined || isIncomplete(failure))
}

/** A unit, and the offset behind its last line. */
type ReadUnit = Unit & { readonly end: number }

function parseWhole(text: string): readonly Unit[] {
  try {
    const { statements } = parse(text)
    if (!hasEmptyEnd(statements) && statements.every(statement => statement.deferredError === undefined))
      return groupByLine(text, statements)
  } catch (error) {
    asFailure(error)
  }
  const units: Unit[] = []
  for (let at = 0, line = 1; at < text.length; ) {
    const unit = readUnit(text, at, line)
    units.push(unit)
    if (unit.fault !== undefined && unit.fault.kind !== 'bad-substitution') break
    line += countNewlines(text.slice(at, unit.end))
    at = unit.end
  }
  return units
}

/** Statements of one line are one unit: an error that discards a command discards the rest of its line. */
function groupByLine(text: string, statements: readonly Statement[]): readonly Unit[] {
  const units: { statements: Statement[]; start: number }[] = []
  let at = 0
  for (const statement of statements) {
    const found = statement.sourceText === undefined ? -1 : text.indexOf(statement.sourceText, at)
    const start = found < 0 ? at : found
    const last = units.at(-1)
    if (last !== undefined && found >= 0 && !text.slice(at, start).includes('\n'))
      last.statements.push(statement)
    else units.push({ statements: [statement], start })
    at = start + (statement.sourceText?.length ?? 0)
  }
  return units
}

function readUnit(text: string, start: number, line: number): ReadUnit {
  let failure: ParseFailure | undefined
  for (let end = start; end < text.length; ) {
    const newline = text.indexOf('\n', end)
    end = newline < 0 ? text.length : newline + 1
    const candidate = text.slice(start, end)
    const outcome = tryParse(candidate, line)
    if (outcome.isComplete) return { statements: outcome.statements, start, end }
    failure = outcome.failure
    if (failure !== undefined && !isIncomplete(failure))
      return { statements: [], start, end, fault: faultOf(failure, { text, start, line }) }
    if (end === text.length && failure === undefined) return { statements: outcome.statements, start, end }
  }
  if (failure === undefined) return { statements: [], start, end: text.length }
  return { statements: [], start, end: text.length, fault: faultOf(failure, { text, start, line }) }
}

interface Outcome {
  readonly isComplete: boolean
  readonly statements: readonly Statement[]
  readonly failure?: ParseFailure
}

/** Empty lines before the text give its nodes the line numbers that they have in the script. */
function tryParse(text: string, line: number): Outcome {
  try {
    const { statements } = parse('\n'.repeat(line - 1) + text)
    const deferred = statements.find(statement => statement.deferredError !== undefined)?.deferredError
    if (deferred !== undefined) {
      const at = line + countNewlines(text.trimEnd())
      const token = { type: 'deferred', value: deferred.token }
      return {
        isComplete: false,
        statements,
        failure: { name: 'Deferred', message: deferred.message, line: at, token },
      }
    }
    if (hasEmptyEnd(statements)) return { isComplete: false, statements: [], failure: END_OF_FILE }
    const isOpen =
      /(^|[^\\])(\\\\)*\\\n?$/.test(text) || JSON.stringify(statements).includes('"terminated":false')
    return { isComplete: !isOpen, statements }
  } catch (error) {
    return { isComplete: false, statements: [], failure: asFailure(error) }
  }
}

const END_OF_FILE: ParseFailure = { name: 'ParseException', message: '', token: { type: 'EOF', value: '' } }

/** The parser lets a pipeline end with nothing. */
const hasEmptyEnd = (statements: readonly Statement[]): boolean =>
  statements.some(({ pipelines }) =>
    pipelines.some(({ commands }) => {
      const last = commands.at(-1)
      if (commands.length < 2 || last?.type !== 'SimpleCommand') return false
      return last.name === null && last.assignments.length === 0 && last.redirections.length === 0
    }),
  )

function asFailure(error: unknown): ParseFailure {
  if (error instanceof Error && (error.name === 'ParseException' || error.name === 'LexerError')) return error
  throw error
}

const isIncomplete = ({ name, message, token }: ParseFailure): boolean =>
  name === 'LexerError' || (token?.type === 'EOF' && !message.includes('bad substitution'))

function faultOf(failure: ParseFailure, where: { text: string; start: number; line: number }): SyntaxFault {
  const { name, message, token } = failure
  const lines = where.text.split('\n')
  const line = Math.max(failure.line ?? where.line, where.line)
  const lastLine = countNewlines(where.text) + 1
  const base = { type: 'fault', line, lastLine, source: lines[line - 1] ?? '' } as const
  const bad = /(\$\{.*\}): bad substitution/.exec(message)?.[1]
  if (bad !== undefined && /[~@]/.test(bad)) return { ...base, kind: 'unsimulated', token: bad }
  if (bad !== undefined) return { ...base, kind: 'bad-substitution', token: bad, line: where.line }
  const quote = /looking for matching `(.)'/.exec(message)?.[1]
  if (name === 'LexerError' && quote !== undefined) return { ...base, kind: 'unterminated', token: quote }
  if (token?.type === 'EOF') {
    const expecting = /Expected (\w+), got EOF|unexpected token `(\w+)'/.exec(message)
    const keyword = (expecting?.[1] ?? expecting?.[2])?.toLowerCase()
    return {
      ...base,
      kind: 'eof',
      token: '',
      line: countNewlines(where.text.replace(/\n$/, '')) + 2,
      ...(keyword === undefined ? {} : { expecting: keyword }),
    }
  }
  const near = /unexpected token `(.+)'/.exec(message)?.[1] ?? token?.value
  if (near === undefined) return { ...base, kind: 'unsimulated', token: message }
  if (near === 'coproc' || near === 'select') return { ...base, kind: 'unsimulated', token: near }
  return { ...base, kind: 'near', token: token?.value === '\n' ? 'newline' : (token?.value ?? near) }
}

/** The units up to the first that only bash has a grammar for, and dash's words for that one. */
function refuseBashisms(units: readonly Unit[], text: string): readonly Unit[] {
  for (const [index, unit] of units.entries()) {
    const found = unit.statements.map(findBashism).find(fault => fault !== undefined)
    if (found === undefined) continue
    const lastLine = countNewlines(text) + 1
    const fault: SyntaxFault = {
      type: 'fault',
      kind: 'dash',
      token: found.words,
      line: found.line,
      lastLine,
      source: '',
    }
    return [...units.slice(0, index), { statements: [], start: unit.start, fault }]
  }
  return units
}

const bashisms = new WeakMap<object, { words: string; line: number } | null>()

function findBashism(node: object, line = 0): { words: string; line: number } | undefined {
  const known = bashisms.get(node)
  if (known !== undefined) return known ?? undefined
  const here = 'line' in node && typeof node.line === 'number' && node.line > 0 ? node.line : line
  const words = bashismWords(node)
  let found = words === undefined ? undefined : { words, line: here || lineOf(node) || 1 }
  for (const child of found === undefined ? Object.values(node) : [])
    if (typeof child === 'object' && child !== null) found ??= findBashism(child, here)
  bashisms.set(node, found ?? null)
  return found
}

function bashismWords(node: object): string | undefined {
  if (!('type' in node)) return undefined
  if (node.type === 'Assignment' && 'array' in node && node.array !== null && node.array !== undefined)
    return '"(" unexpected'
  if (node.type === 'Redirection' && 'operator' in node && node.operator === '<<<')
    return 'redirection unexpected'
  if (node.type === 'ProcessSubstitution') return '"(" unexpected'
  return node.type === 'CStyleFor' ? 'Bad for loop variable' : undefined
}

export const countNewlines = (text: string): number => text.split('\n').length - 1

/** bash numbers a command when it has read the word behind its name: one of several lines counts to its end. */
function newlinesOfFirstArgument(node: object): number {
  const first: unknown = 'args' in node && Array.isArray(node.args) ? node.args[0] : undefined
  if (typeof first !== 'object' || first === null || !('parts' in first) || !Array.isArray(first.parts))
    return 0
  const text = JSON.stringify(first.parts, (key, value) => (key === 'body' ? undefined : value))
  return text.replaceAll('\\\\', '').split('\\n').length - 1
}

const lines = new WeakMap<object, number>()

/** The line on which a node starts: that of the first simple command in it, or 0. */
export function lineOf(node: object): number {
  const known = lines.get(node)
  if (known !== undefined) return known
  let line = 'line' in node && typeof node.line === 'number' ? node.line + newlinesOfFirstArgument(node) : 0
  for (const child of line > 0 ? [] : Object.values(node)) {
    if (typeof child === 'object' && child !== null) line = lineOf(child)
    if (line > 0) break
  }
  lines.set(node, line)
  return line
}
