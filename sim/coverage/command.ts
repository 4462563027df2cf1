import type { Process } from '../process.ts'
import type { Shell } from '../shell/shell.ts'
import type { Dialect } from '../shell/syntax.ts'
import { builtinVerdict, type CommandFinding, programVerdict } from './command-verdict.ts'
import type { KnownVariables, StaticWord } from './static-word.ts'

export interface CommandContext {
  readonly process: Process
  /** A shell that nothing depends on. */
  readonly shell: Shell
  readonly functions: ReadonlySet<string>
  readonly variables: KnownVariables
}

/** What is said of a command, or a script in its words that is to be read in its turn. */
export type Found = CommandFinding | { readonly script: string; readonly dialect?: Dialect }

/** All that a simple command runs: itself, and what programs like sudo and builtins like trap take as words. */
export const commandFindings = (words: readonly StaticWord[], context: CommandContext): readonly Found[] =>
  variantsOf(words, context.variables).flatMap(variant => findingsOf(variant, context))

/** A name that is a variable is each of its texts, where they are known. */
function variantsOf(
  words: readonly StaticWord[],
  variables: KnownVariables,
): readonly (readonly StaticWord[])[] {
  const [name, ...rest] = words
  const variable = /^"?\$(\w+)"?$/.exec(name?.shown ?? '')?.[1]
  const texts = variable === undefined ? undefined : variables.get(variable)
  if (name === undefined || texts === undefined) return [words]
  return [...new Set(texts)].map(text => {
    const fields = name.shown.startsWith('"') ? [text] : text.split(/\s+/).filter(field => field !== '')
    return [...fields.map(exactly), ...rest]
  })
}

const exactly = (text: string): StaticWord => ({ text, isExact: true, isOpen: false, shown: text })

function findingsOf(words: readonly StaticWord[], context: CommandContext): readonly Found[] {
  const [first, ...rest] = words
  if (first === undefined) return []
  if (!first.isExact) return [unknown(first.shown, 'which command this is is only known when it runs')]
  const { text: name } = first
  if (context.functions.has(name)) return [{ kind: 'function', name, verdict: 'modelled' }]
  const builtin = context.shell.interpreter.builtins(context.shell).get(name)
  if (builtin === undefined) return programFindings(words, context)
  const finding = builtinVerdict(context.shell, name, { builtin, words: rest })
  return [finding, ...(WITHIN[name]?.(rest, context) ?? [])]
}

const unknown = (name: string, reason: string): CommandFinding => ({
  kind: 'command',
  name,
  verdict: 'unknown',
  reason,
})

function programFindings(words: readonly StaticWord[], context: CommandContext): readonly Found[] {
  const [first, ...rest] = words
  if (first === undefined) return []
  if (!first.isExact) return findingsOf([first], context)
  const base = first.text.slice(first.text.lastIndexOf('/') + 1)
  if (SHELLS.includes(base) && context.process.which(first.text) !== undefined)
    return shellFindings(base, rest)
  const { finding, inner } = programVerdict(context.process, words)
  return [finding, ...programFindings(inner, context)]
}

const SHELLS = ['bash', 'sh', 'dash']

/** Of a shell's own options those that it does not model (sim/shell/main.ts), and the script of `-c`. */
function shellFindings(name: string, words: readonly StaticWord[]): readonly Found[] {
  const bad = words.find(({ text }) => /^-[a-zA-Z]*[il]|^--(?!norc$|noprofile$|noediting$)\w/.test(text))
  const at = words.findIndex(({ text }) => /^-[a-zA-Z]*c$/.test(text))
  const program = { kind: 'program', name } as const
  if (bad !== undefined)
    return [{ ...program, verdict: 'unmodelled', reason: `the option ${bad.text} is not modelled` }]
  if (at < 0)
    return [{ ...program, verdict: 'unknown', reason: 'the script that it runs is not looked into' }]
  const dialect = name === 'bash' ? 'bash' : 'dash'
  return [{ ...program, verdict: 'modelled' }, ...scriptIn(name, words[at + 1], dialect)]
}

/** A word that is a script. */
function scriptIn(name: string, word: StaticWord | undefined, dialect?: Dialect): readonly Found[] {
  if (word === undefined || (word.isExact && word.text === '')) return []
  if (!word.isExact)
    return [unknown(`${name} ${word.shown}`, 'what is in the variable is only known when it runs')]
  return [{ script: word.text, ...(dialect === undefined ? {} : { dialect }) }]
}

type Within = (words: readonly StaticWord[], context: CommandContext) => readonly Found[]

const sourced: Within = ([file]) => [unknown(file?.shown ?? '.', 'what is in the file is not looked at')]

/** What builtins take as words and run. */
const WITHIN: Readonly<Record<string, Within>> = {
  '.': sourced,
  source: sourced,
  eval: words => {
    const isExact = words.every(word => word.isExact)
    const join = (texts: readonly string[]): string => texts.join(' ')
    const [text, shown] = [join(words.map(word => word.text)), join(words.map(word => word.shown))]
    return scriptIn('eval', { text, isExact, isOpen: false, shown })
  },
  trap: words => (words.length > 1 && words[0]?.text !== '-' ? scriptIn('trap', words[0]) : []),
  exec: (words, context) => programFindings(withoutOptions(words, ['-a']), context),
  builtin: (words, context) => findingsOf(words, context),
  command: (words, context) => {
    if (/^-[pvV]*[vV]/.test(words[0]?.text ?? '')) return []
    return findingsOf(withoutOptions(words, []), { ...context, functions: new Set() })
  },
}

/** `taking` are those that have an argument. */
function withoutOptions(words: readonly StaticWord[], taking: readonly string[]): readonly StaticWord[] {
  const [first, ...rest] = words
  if (first === undefined || !/^-./.test(first.text)) return words
  return withoutOptions(taking.includes(first.text) ? rest.slice(1) : rest, taking)
}
