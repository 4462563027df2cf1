import type { ShellOption } from './shell.ts'
import type { Dialect } from './syntax.ts'

const LETTERS: Readonly<Record<string, ShellOption>> = {
  a: 'allexport',
  C: 'noclobber',
  e: 'errexit',
  E: 'errtrace',
  f: 'noglob',
  h: 'hashall',
  B: 'braceexpand',
  n: 'noexec',
  p: 'privileged',
  T: 'functrace',
  u: 'nounset',
  v: 'verbose',
  x: 'xtrace',
}

const OF_DASH: readonly string[] = [...'aCefnuvx']

/** Options that the shells have and that change nothing in a script; the others we have not are not simulated. */
const INERT: readonly string[] = [
  'hashall',
  'privileged',
  'monitor',
  'notify',
  'emacs',
  'vi',
  'history',
  'histexpand',
  'interactive-comments',
]

/** The option behind a letter of `set`; undefined where the shell has none. */
export function optionOfLetter(dialect: Dialect, letter: string): ShellOption | undefined {
  if (dialect === 'dash' && !OF_DASH.includes(letter)) return undefined
  return Object.hasOwn(LETTERS, letter) ? LETTERS[letter] : undefined
}

/** The option behind `set -o NAME`. */
export function optionOfName(dialect: Dialect, name: string): ShellOption | undefined {
  const known = Object.entries(LETTERS).find(([, option]) => option === name)
  if (known !== undefined) return dialect === 'dash' && !OF_DASH.includes(known[0]) ? undefined : known[1]
  return dialect === 'bash' && name === 'pipefail' ? 'pipefail' : undefined
}

/** A name that the shell takes and that has no effect on a script. */
export const isInert = (name: string): boolean => INERT.includes(name)
