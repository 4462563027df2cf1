import type { Blocking } from '../scheduler.ts'
import { dynamicNames, dynamicVariable } from './dynamic-variables.ts'
import {
  addParts,
  assignElement,
  evaluateText,
  expandPattern,
  expandText,
  subscriptOf,
  unbound,
  wrapIndex,
} from './expand.ts'
import { matchesPattern, patternSource } from './pattern.ts'
import { quoteDouble, quoteSingle } from './quote.ts'
import type { Shell } from './shell.ts'
import type { Target } from './sink.ts'
import type { ParameterExpansion, ParameterOperation, Word } from './syntax.ts'
import { elementsOf, isName, scalarOf, type Variable } from './variables.ts'

/** What a parameter is before an operation is applied to it. */
type Parameter =
  | { readonly kind: 'text'; readonly text: string | undefined }
  | {
      readonly kind: 'list'
      readonly items: readonly string[]
      readonly isStar: boolean
      readonly isArray: boolean
    }

const SUBSCRIPT = /^([A-Za-z_]\w*)\[([\s\S]*)\]$/

/** `$x`, `${x…}`: adds what it gives to the word. */
export function* expandParameter(shell: Shell, part: ParameterExpansion, target: Target): Blocking<void> {
  const { parameter, operation } = part
  if (operation === null) return emit(yield* checked(shell, parameter), target)
  switch (operation.type) {
    case 'DefaultValue':
    case 'AssignDefault':
    case 'ErrorIfUnset':
    case 'UseAlternative':
      return yield* conditionally(shell, { parameter, operation }, target)
    case 'ArrayKeys':
      return emit(keysOf(shell, operation.array, operation.star), target)
    case 'VarNamePrefix':
      return emit(
        { kind: 'list', items: namesWith(shell, operation.prefix), isStar: operation.star, isArray: false },
        target,
      )
    case 'Indirection':
      return yield* indirectly(shell, parameter, operation.innerOp ?? null, target)
    case 'BadSubstitution':
    case 'LengthSliceError':
      shell.fail(shell.isBash ? `\${${parameter}}: bad substitution` : 'Bad substitution', 'expansion')
      return
    default:
      if (!shell.isBash && !['Length', 'PatternRemoval'].includes(operation.type))
        shell.fail('Bad substitution', 'expansion')
      return yield* transformed(shell, { parameter, operation }, target)
  }
}

function emit(parameter: Parameter, { sink, quoting }: Target): void {
  if (parameter.kind === 'list') {
    sink.list(parameter.items, { isQuoted: quoting === 'quoted', isStar: parameter.isStar })
    return
  }
  const text = parameter.text ?? ''
  if (quoting === 'quoted') sink.quoted(text)
  else sink.expansion(text)
}

/** The parameter, or the error of nounset. */
function* checked(shell: Shell, parameter: string): Blocking<Parameter> {
  const found = yield* read(shell, parameter)
  if (found.kind === 'text' && found.text === undefined && shell.options.has('nounset'))
    unbound(shell, parameter)
  return found
}

/** `${x:-word}` and its three kin. */
function* conditionally(
  shell: Shell,
  {
    parameter,
    operation,
  }: { parameter: string; operation: Extract<ParameterOperation, { checkEmpty: boolean }> },
  target: Target,
): Blocking<void> {
  const found = yield* read(shell, parameter)
  const isSet = found.kind === 'list' ? found.items.length > 0 : found.text !== undefined
  const isEmpty = found.kind === 'list' ? found.items.join('') === '' : !found.text
  const isThere = isSet && !(operation.checkEmpty && isEmpty)
  const { word } = operation
  if (operation.type === 'UseAlternative')
    return isThere && word !== null ? yield* addOperand(shell, word, target) : undefined
  if (isThere) return emit(found, target)
  if (operation.type === 'DefaultValue')
    return word === null ? undefined : yield* addOperand(shell, word, target)
  const text = word === null ? '' : yield* expandText(shell, word)
  if (operation.type === 'AssignDefault') {
    const [, name = parameter, subscript] = SUBSCRIPT.exec(parameter) ?? []
    if (!isName(name)) shell.fail(`$${parameter}: cannot assign in this way`, 'expansion')
    yield* assignElement(shell, { name, subscript }, text)
    return emit({ kind: 'text', text }, target)
  }
  const unset = shell.isBash ? 'parameter null or not set' : 'parameter not set or null'
  const words =
    word !== null
      ? text
      : operation.checkEmpty
        ? unset
        : shell.isBash
          ? 'parameter not set'
          : 'parameter not set'
  shell.fail(`${parameter}: ${words}`, 'fatal')
}

const addOperand = (shell: Shell, word: Word, { sink, quoting }: Target): Blocking<void> =>
  addParts(shell, word.parts, { sink, quoting: quoting === 'quoted' ? 'quoted' : 'operand' })

/** `${!x}`, `${!x:-word}`. */
function* indirectly(
  shell: Shell,
  parameter: string,
  operation: ParameterOperation | null,
  target: Target,
): Blocking<void> {
  const isNameref = shell.variables.getOwn(parameter)?.isNameref === true
  const pointed = yield* read(shell, parameter)
  const name = isNameref
    ? shell.variables.resolve(parameter)
    : pointed.kind === 'text'
      ? pointed.text
      : undefined
  if (isNameref) return emit({ kind: 'text', text: name }, target)
  if (name === undefined || name === '') {
    shell.fail(`${parameter}: invalid indirect expansion`, 'expansion')
    return
  }
  yield* expandParameter(shell, { type: 'ParameterExpansion', parameter: name, operation }, target)
}

function* transformed(
  shell: Shell,
  { parameter, operation }: { parameter: string; operation: ParameterOperation },
  target: Target,
): Blocking<void> {
  const found = yield* checked(shell, parameter)
  if (operation.type === 'Length') {
    const length = found.kind === 'list' ? found.items.length : lengthOf(found.text ?? '')
    return emit({ kind: 'text', text: String(length) }, target)
  }
  if (operation.type === 'Substring')
    return emit(yield* slice(shell, { parameter, found, operation }), target)
  const change = yield* changeOf(shell, operation, parameter)
  if (found.kind === 'list') return emit({ ...found, items: found.items.map(change) }, target)
  if (found.text === undefined && operation.type === 'Transform')
    return emit({ kind: 'text', text: '' }, target)
  emit({ kind: 'text', text: change(found.text ?? '') }, target)
}

/** Characters, where a byte that is no UTF-8 is one, too. */
const lengthOf = (text: string): number => [...text].length

function* changeOf(
  shell: Shell,
  operation: ParameterOperation,
  parameter: string,
): Blocking<(text: string) => string> {
  const isExtended = shell.shopts.has('extglob')
  switch (operation.type) {
    case 'PatternRemoval': {
      const pattern = yield* expandPattern(shell, operation.pattern)
      return text => remove(text, pattern, { ...operation, isExtended })
    }
    case 'PatternReplacement': {
      const pattern = yield* expandPattern(shell, operation.pattern)
      const replacement =
        operation.replacement === null ? '' : yield* replacementText(shell, operation.replacement)
      const source = patternSource(pattern, { isExtended })
      const start = operation.anchor === 'start' ? '^' : ''
      const end = operation.anchor === 'end' ? '$' : ''
      const expression = new RegExp(`${start}(?:${source})${end}`, operation.all ? 'gsu' : 'su')
      return text =>
        pattern === '' && start + end === ''
          ? text
          : text.replace(expression, match => replaceIn(replacement, match))
    }
    case 'CaseModification': {
      const pattern = operation.pattern === null ? '?' : yield* expandPattern(shell, operation.pattern)
      return text => recase(text, pattern, operation)
    }
    case 'Transform':
      return transformOf(shell, operation.operator, parameter)
    default:
      throw shell.unsimulated(`the expansion ${operation.type}`)
  }
}

/** Operators of `${name@operator}` that are simulated. */
export const TRANSFORMATIONS: readonly string[] = ['Q', 'U', 'L', 'u', 'A']

/** patsub_replacement of bash 5.2: an unquoted `&` is what matched; here it is marked. */
const MATCHED = '\u{e000}'

function* replacementText(shell: Shell, word: Word): Blocking<string> {
  const text = yield* expandPattern(shell, word)
  return text.replace(/\\([\s\S])|&/g, (_, escaped?: string) => escaped ?? MATCHED)
}

const replaceIn = (replacement: string, match: string): string => replacement.replaceAll(MATCHED, match)

function remove(
  text: string,
  pattern: string,
  options: { side: 'prefix' | 'suffix'; greedy: boolean; isExtended: boolean },
): string {
  const { side, greedy, isExtended } = options
  const lengths = Array.from({ length: text.length + 1 }, (_, index) => index)
  for (const length of greedy ? lengths.reverse() : lengths) {
    const piece = side === 'prefix' ? text.slice(0, length) : text.slice(text.length - length)
    if (!matchesPattern(piece, pattern, { isExtended })) continue
    return side === 'prefix' ? text.slice(length) : text.slice(0, text.length - length)
  }
  return text
}

function recase(
  text: string,
  pattern: string,
  options: { direction: 'upper' | 'lower'; all: boolean },
): string {
  const change = (char: string): string => {
    if (!matchesPattern(char, pattern)) return char
    return options.direction === 'upper' ? char.toUpperCase() : char.toLowerCase()
  }
  const chars = [...text]
  return options.all
    ? chars.map(change).join('')
    : chars.map((char, index) => (index === 0 ? change(char) : char)).join('')
}

function transformOf(shell: Shell, operator: string, name: string): (text: string) => string {
  switch (operator) {
    case 'Q':
      return quoteSingle
    case 'U':
      return text => text.toUpperCase()
    case 'L':
      return text => text.toLowerCase()
    case 'u':
      return text => text.slice(0, 1).toUpperCase() + text.slice(1)
    case 'A':
      return text => `${name}=${quoteSingle(text)}`
    default:
      throw shell.unsimulated(`the expansion \${${name}@${operator}}`)
  }
}

function* slice(
  shell: Shell,
  options: {
    parameter: string
    found: Parameter
    operation: Extract<ParameterOperation, { type: 'Substring' }>
  },
): Blocking<Parameter> {
  const { parameter, found, operation } = options
  const offset = Number(yield* evaluateText(shell, operation.offset.originalText ?? '0'))
  const { length } = operation
  const count = length === null ? undefined : Number(yield* evaluateText(shell, length.originalText ?? '0'))
  if (found.kind === 'text') {
    const chars = [...(found.text ?? '')]
    return { kind: 'text', text: sliceOf(shell, chars, { offset, count, parameter }).join('') }
  }
  const isPositional = parameter === '@' || parameter === '*'
  const items = isPositional ? [shell.origin.name, ...found.items] : found.items
  if (count !== undefined && count < 0) shell.fail(`${count}: substring expression < 0`, 'expansion')
  const from = isPositional && offset === 0 && length === null ? 0 : offset
  return { ...found, items: sliceOf(shell, items, { offset: from, count, parameter }) }
}

function sliceOf(
  shell: Shell,
  items: readonly string[],
  { offset, count, parameter }: { offset: number; count: number | undefined; parameter: string },
): readonly string[] {
  const from = offset < 0 ? items.length + offset : offset
  if (from < 0 || from > items.length) return []
  if (count === undefined) return items.slice(from)
  const to = count < 0 ? items.length + count : from + count
  if (to < from) shell.fail(`${parameter}: substring expression < 0`, 'expansion')
  return items.slice(from, to)
}

function* read(shell: Shell, parameter: string): Blocking<Parameter> {
  if (parameter === '@' || parameter === '*')
    return { kind: 'list', items: shell.positional, isStar: parameter === '*', isArray: false }
  const [, name, subscript] = SUBSCRIPT.exec(parameter) ?? []
  if (name === undefined || subscript === undefined) return { kind: 'text', text: textOf(shell, parameter) }
  if (subscript === '@' || subscript === '*') {
    const items = elementsOf(lookup(shell, name)).map(([, text]) => text)
    return { kind: 'list', items, isStar: subscript === '*', isArray: true }
  }
  return { kind: 'text', text: yield* readElement(shell, name, subscript) }
}

const lookup = (shell: Shell, name: string): Variable | undefined =>
  dynamicVariable(shell, name) ?? shell.variables.get(name)

/** The text of a variable, or of an element where there is a subscript. */
export function* readElement(
  shell: Shell,
  name: string,
  subscript: string | undefined,
): Blocking<string | undefined> {
  if (subscript === undefined) return textOf(shell, name)
  const variable = lookup(shell, name)
  const key = yield* subscriptOf(shell, name, subscript)
  const wanted = typeof key === 'number' ? String(wrapIndex(shell, name, key)) : key
  return elementsOf(variable).find(([candidate]) => candidate === wanted)?.[1]
}

/** The text of a parameter that is no array: a variable, a positional one, or a special one. */
export function textOf(shell: Shell, name: string): string | undefined {
  if (/^\d+$/.test(name)) return name === '0' ? shell.origin.name : shell.positional[Number(name) - 1]
  switch (name) {
    case '#':
      return String(shell.positional.length)
    case '?':
      return String(shell.status)
    case '$':
      return String(shell.shellPid)
    case '!':
      return shell.jobs.lastPid === undefined ? undefined : String(shell.jobs.lastPid)
    case '-':
      return flagsOf(shell)
    default:
      return scalarOf(lookup(shell, name)?.value)
  }
}

const FLAGS = [
  ['allexport', 'a'],
  ['errexit', 'e'],
  ['noglob', 'f'],
  ['hashall', 'h'],
  ['interactive', 'i'],
  ['nounset', 'u'],
  ['verbose', 'v'],
  ['xtrace', 'x'],
  ['braceexpand', 'B'],
  ['noclobber', 'C'],
  ['errtrace', 'E'],
  ['functrace', 'T'],
] as const

function flagsOf(shell: Shell): string {
  const own = FLAGS.filter(([option]) =>
    option === 'interactive' ? shell.isInteractive : shell.options.has(option),
  ).map(([, letter]) => letter)
  const input =
    shell.origin.input === 'stdin' ? 's' : shell.origin.input === 'command' && shell.isBash ? 'c' : ''
  return own.join('') + input
}

function keysOf(shell: Shell, name: string, isStar: boolean): Parameter {
  const items = elementsOf(lookup(shell, name)).map(([key]) => key)
  return { kind: 'list', items, isStar, isArray: true }
}

const namesWith = (shell: Shell, prefix: string): readonly string[] =>
  [...new Set([...shell.variables.names, ...dynamicNames])]
    .filter(name => name.startsWith(prefix) && lookup(shell, name)?.value !== undefined)
    .sort()

/** A variable as `declare -p` prints it. */
export function declarationOf(name: string, variable: Variable): string {
  const flags = `${variable.isArray === 'indexed' ? 'a' : ''}${variable.isArray === 'associative' ? 'A' : ''}${
    variable.isInteger ? 'i' : ''
  }${variable.letters === 'lower' ? 'l' : ''}${variable.isNameref ? 'n' : ''}${variable.isReadonly ? 'r' : ''}${
    variable.letters === 'upper' ? 'u' : ''
  }${variable.isExported ? 'x' : ''}`
  const head = `declare -${flags === '' ? '-' : flags} ${name}`
  if (variable.value === undefined) return head
  if (variable.isArray === undefined) return `${head}=${quoteDouble(scalarOf(variable.value) ?? '')}`
  const elements = elementsOf(variable).map(([key, text]) => `[${keyText(key)}]=${quoteDouble(text)}`)
  return `${head}=(${elements.join(' ')}${variable.isArray === 'associative' && elements.length > 0 ? ' ' : ''})`
}

const keyText = (key: string): string => (/^[\w./-]+$/.test(key) ? key : quoteDouble(key))
