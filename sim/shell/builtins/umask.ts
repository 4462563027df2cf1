import { parseMode } from '../../bin/mode.ts'
import { type Builtin, failure, invalidOption, parseLetters } from './builtin.ts'

/** `umask`. */
export const umask: Builtin = {
  run(shell, argv) {
    const { letters, operands, invalid } = parseLetters(argv.slice(1), shell.isBash ? 'pS' : 'S')
    if (invalid !== undefined) return invalidOption(shell, 'umask', invalid, 'umask [-p] [-S] [mode]')
    const { process } = shell
    const [word] = operands
    if (word === undefined) {
      const text = letters.has('S') ? symbolic(process.umask) : process.umask.toString(8).padStart(4, '0')
      process.print(`${letters.has('p') ? `umask ${letters.has('S') ? '-S ' : ''}` : ''}${text}\n`)
      return 0
    }
    if (/^\d/.test(word)) {
      if (!/^[0-7]{1,4}$/.test(word))
        return failure(
          shell,
          'umask',
          shell.isBash ? `${word}: octal number out of range` : `Illegal number: ${word}`,
        )
      process.umask = Number.parseInt(word, 8) & 0o777
      return 0
    }
    const change = parseMode(word)
    if (change === undefined)
      return failure(shell, 'umask', `\`${word.slice(0, 1)}': invalid symbolic mode operator`)
    process.umask = ~change(~process.umask & 0o777, { isDirectory: false, umask: 0 }) & 0o777
    return 0
  },
}

function symbolic(mask: number): string {
  const allowed = ~mask & 0o777
  return ['u', 'g', 'o']
    .map((who, index) => {
      const bits = (allowed >> (6 - index * 3)) & 7
      return `${who}=${bits & 4 ? 'r' : ''}${bits & 2 ? 'w' : ''}${bits & 1 ? 'x' : ''}`
    })
    .join(',')
}
