import { lookUp } from '../external-command.ts'
import { describeFunction } from '../function-text.ts'
import type { Shell } from '../shell.ts'
import { type Builtin, complainOf, invalidOption, parseLetters } from './builtin.ts'

const KEYWORDS_OF_BOTH = [
  '!',
  '{',
  '}',
  'case',
  'do',
  'done',
  'elif',
  'else',
  'esac',
  'fi',
  'for',
  'if',
  'in',
  'then',
  'until',
  'while',
]
const KEYWORDS_OF_BASH = [...KEYWORDS_OF_BOTH, '[[', ']]', 'function', 'select', 'time', 'coproc']

/** What a name is to a shell. */
export type NameKind = 'alias' | 'keyword' | 'function' | 'builtin' | 'file'

/** What would be run, and where it is. */
export function classify(shell: Shell, name: string): { kind: NameKind; path?: string } | undefined {
  if ((shell.isBash ? KEYWORDS_OF_BASH : KEYWORDS_OF_BOTH).includes(name)) return { kind: 'keyword' }
  if (shell.aliases.has(name) && !shell.isBash) return { kind: 'alias' }
  if (shell.functions.has(name)) return { kind: 'function' }
  if (shell.interpreter.builtins(shell).has(name)) return { kind: 'builtin' }
  const path = lookUp(shell, name)
  return path === undefined || (name.includes('/') && !shell.process.canAccess(path, 'execute'))
    ? undefined
    : { kind: 'file', path }
}

/** `type`, in bash with -t, -p and -P. */
export const type: Builtin = {
  run(shell, argv) {
    const { letters, operands, invalid } = parseLetters(argv.slice(1), shell.isBash ? 'tpPaf' : '')
    if (invalid !== undefined) return invalidOption(shell, 'type', invalid, 'type [-afptP] name [name ...]')
    if (letters.has('a')) throw shell.unsimulated('type -a')
    let status = 0
    for (const name of operands) {
      const found = letters.has('P') ? programOf(shell, name) : classify(shell, name)
      if (found === undefined) status = notFound(shell, name, letters)
      else describe(shell, name, { ...found, letters })
    }
    return status
  },
}

function programOf(shell: Shell, name: string): ReturnType<typeof classify> {
  const path = lookUp(shell, name)
  return path === undefined ? undefined : { kind: 'file', path }
}

function notFound(shell: Shell, name: string, letters: ReadonlySet<string>): number {
  if (!shell.isBash) shell.process.print(`${name}: not found\n`)
  else if (letters.size === 0 || letters.has('f')) complainOf(shell, 'type', `${name}: not found`)
  return shell.isBash ? 1 : 127
}

function describe(
  shell: Shell,
  name: string,
  found: { kind: NameKind; path?: string; letters: ReadonlySet<string> },
): void {
  const { kind, path, letters } = found
  const { process } = shell
  if (letters.has('t')) process.print(`${kind}\n`)
  else if (letters.has('p') || letters.has('P')) process.print(path === undefined ? '' : `${path}\n`)
  else process.print(sentence(shell, name, { kind, path }))
}

/** dash's hash table makes a found program a "tracked alias"; bash's a "hashed" one, once it ran. */
function sentence(
  shell: Shell,
  name: string,
  { kind, path }: { kind: NameKind; path: string | undefined },
): string {
  switch (kind) {
    case 'alias':
      return `${name} is an alias for ${shell.aliases.get(name)}\n`
    case 'keyword':
      return `${name} is a shell keyword\n`
    case 'builtin':
      return `${name} is a ${isSpecial(shell, name) ? 'special ' : ''}shell builtin\n`
    case 'file':
      return `${name} is ${shell.isBash || name.includes('/') ? '' : 'a tracked alias for '}${path}\n`
    case 'function': {
      const found = shell.functions.get(name)
      if (!shell.isBash || found === undefined) return `${name} is a shell function\n`
      return `${name} is a function\n${describeFunction(shell, name, found)}`
    }
  }
}

const SPECIAL_OF_DASH = [
  '.',
  ':',
  'break',
  'continue',
  'eval',
  'exec',
  'exit',
  'export',
  'readonly',
  'return',
  'set',
  'shift',
  'times',
  'trap',
  'unset',
]

const isSpecial = (shell: Shell, name: string): boolean => !shell.isBash && SPECIAL_OF_DASH.includes(name)
