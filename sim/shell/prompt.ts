import { accounts, userName } from '../bin/accounts.ts'
import { strftime } from '../formats/strftime.ts'
import type { Blocking } from '../scheduler.ts'
import { expandText } from './expand.ts'
import type { Shell } from './shell.ts'
import { parseUnits } from './syntax.ts'

/** The text of PS1 or PS2 as bash shows it (bash(1), PROMPTING): escapes first, then expansions as in double quotes. */
export function* promptText(shell: Shell, name: 'PS1' | 'PS2'): Blocking<string> {
  const text = shell.variables.text(name) ?? ''
  const decoded = text.replace(ESCAPE, (_, octal: string | undefined, letter: string | undefined) =>
    octal === undefined ? decode(shell, letter ?? '') : String.fromCharCode(Number.parseInt(octal, 8)),
  )
  if (!/[$`\\]/.test(decoded)) return decoded
  const source = `x="${decoded.replaceAll('"', '\\"')}"`
  const command = parseUnits(source, 'bash')[0]?.statements[0]?.pipelines[0]?.commands[0]
  const value = command?.type === 'SimpleCommand' ? command.assignments[0]?.value : undefined
  return value ? yield* expandText(shell, value) : decoded
}

const ESCAPE = /\\(?:([0-7]{1,3})|(.))/gs

/** What stands for a letter behind a backslash: decode_prompt_string() of parse.y. What is inserted is not expanded. */
function decode(shell: Shell, letter: string): string {
  const insert = Object.hasOwn(INSERTS, letter) ? INSERTS[letter] : undefined
  if (insert !== undefined) return insert(shell).replace(/[\\$`]/g, '\\$&')
  if (letter === '$') return shell.process.credentials.uid === 0 ? '#' : '\\$'
  if (letter === '\\') return '\\\\'
  if ('D#!jlA@T'.includes(letter)) throw shell.unsimulated(`\\${letter} in a prompt`)
  return `\\${letter}`
}

const INSERTS: Readonly<Record<string, (shell: Shell) => string>> = {
  u: ({ process }) => userName(process, process.credentials.uid),
  h: ({ process }) => process.kernel.uts.value.nodename.split('.')[0] ?? '',
  H: ({ process }) => process.kernel.uts.value.nodename,
  s: ({ origin }) => origin.name,
  v: () => '5.2',
  V: () => '5.2.15',
  w: directory,
  W: shell => (directory(shell) === '~' ? '~' : (shell.process.cwd.split('/').at(-1) ?? '') || '/'),
  t: ({ process }) => strftime('%H:%M:%S', process.clock.realtimeSeconds),
  d: ({ process }) => strftime('%a %b %d', process.clock.realtimeSeconds),
  n: () => '\n',
  r: () => '\r',
  a: () => '\x07',
  e: () => '\x1b',
  '[': () => '',
  ']': () => '',
}

/** $PWD, with the home directory as `~`. */
function directory(shell: Shell): string {
  const { process, variables } = shell
  const home = variables.text('HOME') ?? accounts(process).find(({ uid }) => uid === 0)?.home
  const cwd = variables.text('PWD') ?? process.cwd
  if (home === undefined || home === '/' || home === '') return cwd
  return cwd === home || cwd.startsWith(`${home}/`) ? `~${cwd.slice(home.length)}` : cwd
}
