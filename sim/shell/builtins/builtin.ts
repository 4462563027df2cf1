import type { Blocking } from '../../scheduler.ts'
import type { Shell } from '../shell.ts'
import type { Word } from '../syntax.ts'

export interface BuiltinOptions {
  /** Words of arrays that stand as arguments of `declare` and its kin, by name. */
  readonly arrays: ReadonlyMap<string, readonly Word[]>
}

/** A command of the shell itself. Returns its status. */
export interface Builtin {
  run(shell: Shell, argv: readonly string[], options: BuiltinOptions): number | Blocking<number>
  /** The shell has it and this one has not: running it is `Unsimulated`. */
  readonly isUnsimulated?: true
}

/** `bash: line 3: cd: too many arguments`; dash has the builtin's name in its prefix already. */
export function complainOf(shell: Shell, name: string, message: string): void {
  shell.complain(shell.isBash ? `${name}: ${message}` : message)
}

/** A message, and the status of a failure. */
export function failure(shell: Shell, name: string, message: string, status = shell.isBash ? 1 : 2): number {
  complainOf(shell, name, message)
  return status
}

/** An option that the builtin does not have. `usage` is bash's, without `NAME: usage: `. */
export function invalidOption(shell: Shell, name: string, option: string, usage: string): number {
  if (!shell.isBash) return shell.fail(`Illegal option ${option}`, 'special')
  shell.complain(`${name}: ${option}: invalid option`)
  shell.process.complain(`${name}: usage: ${usage}\n`)
  return 2
}

/** Options of a builtin: single letters in front of the operands. `take` says whether a letter is one. */
export interface LetterOptions {
  readonly letters: ReadonlySet<string>
  readonly values: ReadonlyMap<string, string>
  readonly operands: readonly string[]
  /** The first option that is none of the builtin's, or lacks its argument. */
  readonly invalid?: string
  readonly lacking?: string
}

/** `spec` is getopt's: letters, with a colon behind those that take an argument. */
export function parseLetters(args: readonly string[], spec: string): LetterOptions {
  const letters = new Set<string>()
  const values = new Map<string, string>()
  const rest = [...args]
  for (let word = rest[0]; word !== undefined && /^-./.test(word); word = rest[0]) {
    rest.shift()
    if (word === '--') break
    for (let at = 1; at < word.length; at++) {
      const letter = word.charAt(at)
      const place = letter === ':' ? -1 : spec.indexOf(letter)
      if (place < 0) return { letters, values, operands: rest, invalid: `-${letter}` }
      letters.add(letter)
      if (spec[place + 1] !== ':') continue
      const value = at + 1 < word.length ? word.slice(at + 1) : rest.shift()
      if (value === undefined) return { letters, values, operands: rest, lacking: `-${letter}` }
      values.set(letter, value)
      break
    }
  }
  return { letters, values, operands: rest }
}
