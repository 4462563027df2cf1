import type { Word, WordPart } from '../shell/syntax.ts'

/** A word of a script as far as it can be told without running it. */
export interface StaticWord {
  /** Its text; what only running it tells is left out. */
  readonly text: string
  /** All of it is in `text`. */
  readonly isExact: boolean
  /** Some of it is split, or is a list: there may be none of it or several words, options among them. */
  readonly isOpen: boolean
  /** As it is written, for a person. */
  readonly shown: string
}

/** What the variables of a script can hold: all their texts, where the script says it. */
export type KnownVariables = ReadonlyMap<string, readonly string[]>

/** Reads a word. A variable whose texts are known and are no options counts as the first of them. */
export function staticWord(word: Word, variables: KnownVariables = new Map()): StaticWord {
  const parts = word.parts.map(part => staticPart(part, variables, false))
  return {
    text: parts.map(part => part.text).join(''),
    isExact: parts.every(part => part.isExact),
    isOpen: parts.some(part => part.isOpen),
    shown: parts.map(part => part.shown).join(''),
  }
}

const exact = (text: string, shown = text): StaticWord => ({ text, isExact: true, isOpen: false, shown })

function staticPart(part: WordPart, variables: KnownVariables, isQuoted: boolean): StaticWord {
  switch (part.type) {
    case 'Literal':
    case 'Escaped':
      return exact(part.value)
    case 'SingleQuoted':
      return exact(part.value, `'${part.value}'`)
    case 'Glob':
      return { ...exact(part.pattern), isExact: false }
    case 'TildeExpansion':
      return { ...exact(`~${part.user ?? ''}`), isExact: false }
    case 'BraceExpansion':
      return { text: 'x', isExact: false, isOpen: false, shown: '{…}' }
    case 'DoubleQuoted': {
      const inner = part.parts.map(one => staticPart(one, variables, true))
      return {
        text: inner.map(one => one.text).join(''),
        isExact: inner.every(one => one.isExact),
        isOpen: inner.some(one => one.isOpen),
        shown: `"${inner.map(one => one.shown).join('')}"`,
      }
    }
    case 'ParameterExpansion':
      return parameter(part, variables, isQuoted)
    case 'CommandSubstitution':
      return { text: '', isExact: false, isOpen: !isQuoted, shown: '$(…)' }
    case 'ProcessSubstitution':
      return { text: '/dev/fd/63', isExact: false, isOpen: false, shown: '<(…)' }
    case 'ArithmeticExpansion':
      return { text: '1', isExact: false, isOpen: false, shown: '$((…))' }
  }
}

/** Parameters that hold no spaces and begin with no dash. */
const NUMBERS = ['?', '#', '$', '!', 'UID', 'EUID', 'PPID', 'RANDOM', 'SECONDS', 'LINENO', 'BASHPID']

function parameter(
  { parameter: name, operation }: Extract<WordPart, { type: 'ParameterExpansion' }>,
  variables: KnownVariables,
  isQuoted: boolean,
): StaticWord {
  const shown = operation === null && /^\w+$/.test(name) ? `$${name}` : `\${${name}}`
  const isList = /^(@|.*\[@\])$/.test(name)
  const texts = operation === null ? variables.get(name) : undefined
  const isPlain = texts?.every(text => text !== '' && !/^-|\s-/.test(text)) === true
  if (isPlain && !isList)
    return { text: texts?.[0] ?? '', isExact: texts?.length === 1, isOpen: false, shown }
  if (NUMBERS.includes(name) || operation?.type === 'Length')
    return { text: '1', isExact: false, isOpen: false, shown }
  return { text: '', isExact: false, isOpen: isList || (!isQuoted && name !== '*'), shown }
}
