import type { Blocking } from '../scheduler.ts'
import { assignElement, expandText, expandWords, failReadonly, subscriptOf } from './expand.ts'
import { quoteDouble, quoteForTrace } from './quote.ts'
import type { Shell } from './shell.ts'
import type { Assignment, Word, WordPart } from './syntax.ts'
import { trace } from './trace.ts'
import { elementsOf, indexedOf, ReadonlyVariable, type Variable } from './variables.ts'

const TARGET = /^([A-Za-z_]\w*)(?:\[([\s\S]*)\])?$/

/** `name=value`, `name[i]+=value`, `name=(…)`. */
export function* assign(shell: Shell, assignment: Assignment): Blocking<void> {
  const [, name = assignment.name, subscript] = TARGET.exec(assignment.name) ?? []
  if (assignment.array !== null && assignment.array !== undefined) {
    yield* assignArray(shell, { name, isAppending: assignment.append }, assignment.array)
    return
  }
  const value = assignment.value === null ? '' : yield* expandText(shell, assignment.value)
  if (shell.options.has('xtrace')) {
    const shown = shell.isBash ? quoteForTrace(value) : value
    trace(shell, `${assignment.name}${assignment.append ? '+' : ''}=${value === '' ? '' : shown}`)
  }
  yield* assignElement(shell, { name, subscript, isAppending: assignment.append }, value)
  if (name === 'SECONDS') shell.startNs = shell.process.clock.monotonicNs
  if (shell.options.has('allexport')) exportAssigned(shell, name)
}

function exportAssigned(shell: Shell, name: string): void {
  const variable = shell.variables.get(name)
  if (variable !== undefined) shell.variables.set(name, { ...variable, isExported: true })
}

/** `name=(a [3]=b …)`, with the kind of array that the name was declared as. */
export function* assignArray(
  shell: Shell,
  target: { name: string; isAppending: boolean; kind?: Variable['isArray'] },
  words: readonly Word[],
): Blocking<void> {
  const { name, isAppending } = target
  const old = shell.variables.get(name)
  const kind = target.kind ?? old?.isArray ?? 'indexed'
  const elements = isAppending ? elementsOf(old).map(([key, text]) => [key, text] as [string, string]) : []
  const filled = new Map(elements)
  let next = isAppending ? Math.max(-1, ...indexedOf(old?.value ?? undefined).keys()) + 1 : 0
  // Subscripts are read with the new kind of the name.
  write(shell, name, { ...old, isArray: kind, value: new Map<number, string>() })
  for (const word of words) {
    const keyed = keyedElement(word)
    if (keyed === undefined) {
      for (const text of yield* expandWords(shell, [word])) filled.set(String(next++), text)
      continue
    }
    const key = yield* subscriptOf(shell, name, keyed.subscript)
    filled.set(String(key), yield* expandText(shell, keyed.value))
    if (typeof key === 'number') next = key + 1
  }
  const value =
    kind === 'indexed' ? indexedOf(new Map([...filled].map(([key, text]) => [Number(key), text]))) : filled
  write(shell, name, { ...old, isArray: kind, value })
  if (shell.options.has('xtrace'))
    trace(shell, `${name}=(${[...filled.values()].map(traceElement).join(' ')})`)
}

const traceElement = (text: string): string => (/^[\w./:-]+$/.test(text) ? text : quoteDouble(text))

function write(shell: Shell, name: string, variable: Variable): void {
  try {
    shell.variables.set(name, variable)
  } catch (error) {
    if (error instanceof ReadonlyVariable) failReadonly(shell, name)
    throw error
  }
}

/** `[subscript]=value` as an element: the parser gives it as a pattern and text. */
function keyedElement(word: Word): { subscript: string; value: Word } | undefined {
  const source = sourceOf(word.parts)
  if (source === undefined || !source.text.startsWith('[')) return undefined
  const close = source.text.indexOf(']=')
  if (close < 0) return undefined
  return { subscript: source.text.slice(1, close), value: { ...word, parts: source.after(close + 2) } }
}

interface Source {
  readonly text: string
  /** The parts behind an offset that lies in literal text. */
  after(offset: number): WordPart[]
}

/** A word's text as far as `]=`, quoted parts in quotes, so that a subscript can be read again. */
function sourceOf(parts: readonly WordPart[]): Source | undefined {
  const pieces = parts.map(part => partSource(part))
  if (pieces[0] === undefined || !pieces[0].startsWith('[')) return undefined
  const text = pieces.map(piece => piece ?? '\u{0}').join('')
  if (text.slice(0, text.indexOf(']=')).includes('\u{0}')) return undefined
  return {
    text,
    after(offset) {
      let at = 0
      for (const [index, part] of parts.entries()) {
        const length = pieces[index]?.length ?? 1
        if (offset < at + length || (offset === at + length && index === parts.length - 1)) {
          const rest = (pieces[index] ?? '').slice(offset - at)
          const own: WordPart[] =
            offset === at ? [part] : rest === '' ? [] : [{ type: 'Literal', value: rest }]
          return [...own, ...parts.slice(index + 1)]
        }
        at += length
      }
      return []
    },
  }
}

function partSource(part: WordPart): string | undefined {
  switch (part.type) {
    case 'Literal':
      return part.value
    case 'Glob':
      return part.pattern
    case 'SingleQuoted':
      return `'${part.value}'`
    case 'Escaped':
      return `\\${part.value}`
    case 'DoubleQuoted': {
      const inner = part.parts.map(partSource)
      return inner.includes(undefined) ? undefined : `"${inner.join('')}"`
    }
    case 'ParameterExpansion':
      return part.operation === null ? `\${${part.parameter}}` : undefined
    default:
      return undefined
  }
}

/** An argument of `export`, `declare` and their kin that is an assignment: `x=$1`, `m=(…)`. */
export function isAssignmentWord(word: Word): boolean {
  const [first] = word.parts
  return first?.type === 'Literal' && /^[A-Za-z_]\w*\+?=/.test(first.value)
}

/** The parts of such an argument; with the words of an array where it is one. */
export function splitAssignmentWord(
  word: Word,
): { name: string; elements: readonly Word[] | undefined } | undefined {
  const [first] = word.parts
  const [head, name] = first?.type === 'Literal' ? (/^([A-Za-z_]\w*)\+?=/.exec(first.value) ?? []) : []
  if (first?.type !== 'Literal' || head === undefined || name === undefined) return undefined
  const rest = first.value.slice(head.length)
  if (!rest.startsWith('(')) return { name, elements: undefined }
  const parts: WordPart[] = [{ type: 'Literal', value: rest.slice(1) }, ...word.parts.slice(1)]
  const last = parts.at(-1)
  if (last?.type !== 'Literal' || !last.value.endsWith(')')) return { name, elements: undefined }
  parts[parts.length - 1] = { type: 'Literal', value: last.value.slice(0, -1) }
  return { name, elements: splitAtSpaces(parts) }
}

function splitAtSpaces(parts: readonly WordPart[]): readonly Word[] {
  const words: WordPart[][] = [[]]
  for (const part of parts) {
    if (part.type !== 'Literal') {
      words.at(-1)?.push(part)
      continue
    }
    for (const [index, value] of part.value.split(/\s+/).entries()) {
      if (index > 0) words.push([])
      if (value !== '') words.at(-1)?.push({ type: 'Literal', value })
    }
  }
  return words.filter(word => word.length > 0).map(word => ({ type: 'Word', parts: word }))
}
