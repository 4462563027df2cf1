import { KernelError } from '../../src/host/errno.ts'
import type { Blocking } from '../scheduler.ts'
import { ArithmeticError, type ArithmeticScope, evaluateArithmetic } from './arithmetic.ts'
import { expandBraces } from './brace.ts'
import { expandPathname } from './glob.ts'
import { hasWildcard } from './pattern.ts'
import type { Severity, Shell } from './shell.ts'
import { escapeRegExp, FieldSink, PatternSink, type Quoting, type Target, TextSink } from './sink.ts'
import { parseUnits, type Word, type WordPart } from './syntax.ts'
import { ReadonlyVariable } from './variables.ts'

/** The fields of a command: brace, tilde, parameter expansion, splitting, pathname expansion. */
export function* expandWords(shell: Shell, words: readonly Word[]): Blocking<string[]> {
  const fields: string[] = []
  for (const word of words) {
    const plain = plainText(word)
    if (plain !== undefined) fields.push(plain)
    else for (const single of expandBraces(word)) fields.push(...(yield* expandWord(shell, single)))
  }
  return fields
}

/** The text of a word that needs no expansion. */
export function plainText(word: Word): string | undefined {
  const [part] = word.parts
  if (word.parts.length !== 1 || part === undefined) return undefined
  return part.type === 'Literal' || part.type === 'SingleQuoted' ? part.value : undefined
}

function* expandWord(shell: Shell, word: Word): Blocking<readonly string[]> {
  const sink = new FieldSink(shell.ifs)
  yield* addParts(shell, word.parts, { sink, quoting: 'plain' })
  const fields = sink.finish()
  if (shell.options.has('noglob')) return fields.map(field => field.text)
  const isExtended = shell.shopts.has('extglob')
  return fields.flatMap(({ text, pattern }) =>
    hasWildcard(pattern, isExtended) ? expandPathname(shell, pattern, text) : [text],
  )
}

/** One text, neither split nor matched against files: the value of an assignment, the word of a case. */
export function* expandText(shell: Shell, word: Word, quoting: Quoting = 'plain'): Blocking<string> {
  const plain = plainText(word)
  if (plain !== undefined) return plain
  const sink = new TextSink(shell.ifs)
  yield* addParts(shell, word.parts, { sink, quoting })
  return sink.text
}

/** A pattern (`case`, `[[ == ]]`, `${x#…}`): what was quoted stands for itself. */
export function* expandPattern(shell: Shell, word: Word): Blocking<string> {
  const sink = new PatternSink()
  yield* addParts(shell, word.parts, { sink, quoting: 'plain' })
  return sink.text
}

/** The right side of `=~`. */
export function* expandRegExp(shell: Shell, word: Word): Blocking<string> {
  const sink = new PatternSink(escapeRegExp)
  yield* addParts(shell, word.parts, { sink, quoting: 'plain' })
  return sink.text
}

export function* addParts(shell: Shell, parts: readonly WordPart[], target: Target): Blocking<void> {
  for (const part of parts) {
    if (part.type === 'Literal') addLiteral(part.value, target)
    else yield* addPart(shell, part, target)
  }
}

function addLiteral(text: string, { sink, quoting }: Target): void {
  if (quoting === 'quoted') sink.quoted(text)
  else if (quoting === 'operand') sink.expansion(text)
  else sink.literal(text)
}

function* addPart(shell: Shell, part: WordPart, target: Target): Blocking<void> {
  const { sink, quoting } = target
  const add = (text: string): void => (quoting === 'quoted' ? sink.quoted(text) : sink.expansion(text))
  switch (part.type) {
    case 'Literal':
      return addLiteral(part.value, target)
    case 'SingleQuoted':
    case 'Escaped':
      return sink.quoted(part.value)
    case 'Glob':
      return quoting === 'quoted' ? sink.quoted(part.pattern) : sink.literal(part.pattern)
    case 'DoubleQuoted':
      if (part.parts.length === 0) sink.quoted('')
      return yield* addParts(shell, part.parts, { sink, quoting: 'quoted' })
    case 'TildeExpansion':
      return sink.quoted(homeOf(shell, part.user))
    case 'ParameterExpansion':
      return yield* shell.interpreter.expandParameter(shell, part, target)
    case 'CommandSubstitution':
      return add(yield* shell.interpreter.substituteCommand(shell, part.body))
    case 'ArithmeticExpansion':
      return add(String(yield* evaluateText(shell, part.expression.originalText ?? '')))
    case 'ProcessSubstitution':
      return sink.quoted(shell.interpreter.substituteProcess(shell, part))
    case 'BraceExpansion':
      return addLiteral(braceText(part), target)
  }
}

/** Braces where none are expanded: in an assignment, a case, a redirection. */
function braceText(part: Extract<WordPart, { type: 'BraceExpansion' }>): string {
  const items = part.items.map(item => {
    if (item.type === 'Word') return plainText(item.word) ?? ''
    const step = item.step === undefined ? '' : `..${item.step}`
    return `${item.startStr ?? item.start}..${item.endStr ?? item.end}${step}`
  })
  return `{${items.join(',')}}`
}

/** A home directory; the text itself where there is no such user. */
function homeOf(shell: Shell, user: string | null): string {
  const { process } = shell
  const own = user === null ? shell.variables.text('HOME') : undefined
  if (own !== undefined) return own
  try {
    for (const line of process.readText('/etc/passwd').split('\n')) {
      const [name, , uid, , , home] = line.split(':')
      if (home !== undefined && (user === null ? Number(uid) === process.credentials.uid : name === user))
        return home
    }
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
  }
  return `~${user ?? ''}`
}

const embedded = new Map<string, Word>()

/** Text inside a construct (an arithmetic expression, a subscript) as a word in double quotes. */
function embeddedWord(text: string, style: 'quoted' | 'value'): Word {
  const source = style === 'quoted' ? `x="${text.replaceAll('"', '')}"` : `x=${text}`
  const known = embedded.get(source)
  if (known !== undefined) return known
  const command = parseUnits(source, 'bash')[0]?.statements[0]?.pipelines[0]?.commands[0]
  const value = command?.type === 'SimpleCommand' ? command.assignments[0]?.value : undefined
  const word: Word = value ?? { type: 'Word', parts: [] }
  if (embedded.size > 512) embedded.clear()
  embedded.set(source, word)
  return word
}

/** An arithmetic expression as it stands in a script: `$` first, then the expression. */
export function* evaluateText(
  shell: Shell,
  text: string,
  label = '',
  severity: Severity = 'expansion',
): Blocking<bigint> {
  const expanded = /[$`"\\]/.test(text) ? yield* expandText(shell, embeddedWord(text, 'quoted')) : text
  return yield* evaluateExpanded(shell, expanded, { label, severity })
}

/** An expression without `$`: an error is printed after `label`, and has the consequence that `severity` names. */
export function* evaluateExpanded(
  shell: Shell,
  text: string,
  options: { label: string; severity: Severity },
): Blocking<bigint> {
  try {
    return yield* evaluateArithmetic(text, arithmeticScope(shell))
  } catch (error) {
    if (!(error instanceof ArithmeticError)) throw error
    shell.complain(`${options.label}${error.message}`)
    shell.failSilently(options.severity)
    throw new ArithmeticFailed()
  }
}

/** An expression was wrong, which has been said already. */
export class ArithmeticFailed extends Error {
  override readonly name = 'ArithmeticFailed'
}

const arithmeticScope = (shell: Shell): ArithmeticScope => ({
  isDash: !shell.isBash,
  *read(name, subscript) {
    const text = yield* shell.interpreter.readElement(shell, name, subscript)
    if (text === undefined && shell.options.has('nounset')) unbound(shell, name)
    return text
  },
  *assign(name, subscript, value) {
    yield* assignElement(shell, { name, subscript }, String(value))
  },
})

export function unbound(shell: Shell, name: string): never {
  shell.fail(shell.isBash ? `${name}: unbound variable` : `${name}: parameter not set`, 'fatal')
  throw new Error('a fatal error returned')
}

/** A subscript: an index, or the key of an associative array. */
export function* subscriptOf(shell: Shell, name: string, subscript: string): Blocking<number | string> {
  if (shell.variables.get(name)?.isArray === 'associative')
    return yield* expandText(shell, embeddedWord(subscript, /['"\\]/.test(subscript) ? 'value' : 'quoted'))
  return Number(yield* evaluateText(shell, subscript))
}

/** Assigns to a variable or an element; a readonly one is a message and an error. */
export function* assignElement(
  shell: Shell,
  target: { name: string; subscript: string | undefined; isAppending?: boolean },
  value: string,
): Blocking<void> {
  const { name, subscript, isAppending = false } = target
  const { variables } = shell
  try {
    const isInteger = variables.get(name)?.isInteger === true
    const text = isInteger ? String(yield* integerValue(shell, name, value, isAppending)) : value
    if (subscript === undefined) variables.assign(name, text, { isAppending: isAppending && !isInteger })
    else {
      const key = yield* subscriptOf(shell, name, subscript)
      const old =
        isAppending && !isInteger
          ? ((yield* shell.interpreter.readElement(shell, name, subscript)) ?? '')
          : ''
      variables.assignElement(name, typeof key === 'number' ? wrapIndex(shell, name, key) : key, old + text)
    }
  } catch (error) {
    if (!(error instanceof ReadonlyVariable)) throw error
    failReadonly(shell, error.variable)
  }
}

function* integerValue(shell: Shell, name: string, value: string, isAppending: boolean): Blocking<bigint> {
  const old = isAppending ? yield* evaluateText(shell, shell.variables.text(name) ?? '') : 0n
  return old + (yield* evaluateText(shell, value))
}

/** A negative index counts from behind the last element. */
export function wrapIndex(shell: Shell, name: string, index: number): number {
  if (index >= 0) return index
  const value = shell.variables.get(name)?.value
  const keys = typeof value === 'object' ? [...value.keys()].map(Number) : [0]
  return Math.max(...keys) + 1 + index
}

/** bash gives up the line, dash ends. */
export function failReadonly(shell: Shell, name: string): never {
  shell.fail(shell.isBash ? `${name}: readonly variable` : `${name}: is read only`, 'expansion')
  throw new Error('an error of an expansion returned')
}
