import type { Shell } from '../shell.ts'
import { isName } from '../variables.ts'
import { type Builtin, failure } from './builtin.ts'

/** `getopts`: OPTIND says which word is next; where in a word of several letters, the shell remembers. */
export const getopts: Builtin = {
  run(shell, argv) {
    const [spec, name, ...given] = argv.slice(1)
    if (spec === undefined || name === undefined) {
      if (!shell.isBash) return shell.fail('Usage: getopts optstring var [arg...]', 'special')
      shell.process.complain('getopts: usage: getopts optstring name [arg ...]\n')
      return 2
    }
    if (!isName(name)) return failure(shell, 'getopts', `\`${name}': not a valid identifier`)
    return next(shell, { spec, name, args: given.length > 0 ? given : shell.positional })
  },
}

function next(
  shell: Shell,
  { spec, name, args }: { spec: string; name: string; args: readonly string[] },
): number {
  const { variables } = shell
  let index = Number(variables.text('OPTIND') ?? 1)
  if (index !== shell.optionIndex || index === 1)
    shell.optionOffset = index === shell.optionIndex ? shell.optionOffset : 1
  const word = args[index - 1]
  if (shell.optionOffset === 1 && (word === undefined || !/^-./.test(word) || word === '--')) {
    if (word === '--') index++
    remember(shell, index, 1)
    variables.assign(name, '?')
    return 1
  }
  const letter = word?.charAt(shell.optionOffset) ?? ''
  const place = letter === ':' ? -1 : spec.replace(/^:/, '').indexOf(letter)
  const isSilent = spec.startsWith(':')
  const takesArgument = spec.replace(/^:/, '')[place + 1] === ':'
  const attached = word?.slice(shell.optionOffset + 1) ?? ''
  variables.unset('OPTARG')
  if (place < 0) {
    remember(shell, attached === '' ? index + 1 : index, attached === '' ? 1 : shell.optionOffset + 1)
    variables.assign(name, '?')
    if (isSilent) variables.assign('OPTARG', letter)
    else
      shell.process.complain(
        shell.isBash ? `${shell.origin.name}: illegal option -- ${letter}\n` : `Illegal option -${letter}\n`,
      )
    return 0
  }
  if (!takesArgument) {
    remember(shell, attached === '' ? index + 1 : index, attached === '' ? 1 : shell.optionOffset + 1)
    variables.assign(name, letter)
    return 0
  }
  const argument = attached === '' ? args[index] : attached
  remember(shell, attached === '' ? index + 2 : index + 1, 1)
  if (argument !== undefined) {
    variables.assign(name, letter)
    variables.assign('OPTARG', argument)
    return 0
  }
  variables.assign(name, isSilent ? ':' : '?')
  if (isSilent) variables.assign('OPTARG', letter)
  else
    shell.process.complain(
      shell.isBash
        ? `${shell.origin.name}: option requires an argument -- ${letter}\n`
        : `No arg for -${letter} option\n`,
    )
  return 0
}

function remember(shell: Shell, index: number, offset: number): void {
  shell.variables.assign('OPTIND', String(index))
  shell.optionIndex = index
  shell.optionOffset = offset
}
