import { isInert, optionOfLetter, optionOfName } from '../options.ts'
import { quoteForDash, quoteForTrace } from '../quote.ts'
import type { Shell, ShellOption } from '../shell.ts'
import { scalarOf } from '../variables.ts'
import { type Builtin, complainOf, failure } from './builtin.ts'

const USAGE = 'set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n'

/** `set`. */
export const set: Builtin = {
  run(shell, argv) {
    const args = argv.slice(1)
    if (args.length === 0) return listVariables(shell)
    for (let word = args[0]; word !== undefined && /^[-+]/.test(word); word = args[0]) {
      args.shift()
      if (word === '--' || word === '-') {
        if (word === '-') for (const option of ['xtrace', 'verbose'] as const) shell.options.delete(option)
        if (word === '--' || args.length > 0) shell.positional = args
        return 0
      }
      const status = setLetters(shell, word, args)
      if (status !== 0) return status
    }
    if (args.length > 0) shell.positional = args
    return 0
  },
}

function setLetters(shell: Shell, word: string, args: string[]): number {
  const isOn = word.startsWith('-')
  for (const letter of word.slice(1)) {
    const status =
      letter === 'o'
        ? setNamed(shell, args.shift(), isOn)
        : setLetter(shell, `${word.charAt(0)}${letter}`, isOn)
    if (status !== 0) return status
  }
  return 0
}

function setLetter(shell: Shell, word: string, isOn: boolean): number {
  const option = optionOfLetter(shell.origin.dialect, word.charAt(1))
  if (option !== undefined) return change(shell, option, isOn)
  if (/[mbhPHkt]/.test(word)) throw shell.unsimulated(`set ${word}`)
  if (!shell.isBash) return shell.fail(`Illegal option ${word}`, 'special')
  complainOf(shell, 'set', `${word}: invalid option`)
  shell.process.complain(USAGE)
  return 2
}

function setNamed(shell: Shell, name: string | undefined, isOn: boolean): number {
  if (name === undefined) throw shell.unsimulated('set -o')
  const option = optionOfName(shell.origin.dialect, name)
  if (option !== undefined) return change(shell, option, isOn)
  if (isInert(name) || name === 'posix' || name === 'physical') throw shell.unsimulated(`set -o ${name}`)
  if (!shell.isBash) return shell.fail(`Illegal option -o ${name}`, 'special')
  return failure(shell, 'set', `${name}: invalid option name`, 2)
}

/** Turns an option on or off; what would change how commands run and does not here is not simulated. */
function change(shell: Shell, option: ShellOption, isOn: boolean): number {
  if (isOn && (option === 'noexec' || option === 'verbose')) throw shell.unsimulated(`set -o ${option}`)
  if (isOn) shell.options.add(option)
  else shell.options.delete(option)
  return 0
}

function listVariables(shell: Shell): number {
  for (const name of shell.variables.names) {
    const text = scalarOf(shell.variables.get(name)?.value)
    if (text !== undefined)
      shell.process.print(`${name}=${shell.isBash ? quoteForTrace(text) : quoteForDash(text)}\n`)
  }
  return 0
}
