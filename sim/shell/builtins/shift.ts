import { type Builtin, failure } from './builtin.ts'

/** `shift`. */
export const shift: Builtin = {
  run(shell, argv) {
    const word = argv[1] ?? '1'
    if (!/^\d+$/.test(word)) {
      if (!shell.isBash) return shell.fail(`Illegal number: ${word}`, 'special')
      if (/^-\d+$/.test(word)) return failure(shell, 'shift', `${word}: shift count out of range`)
      return failure(shell, 'shift', `${word}: numeric argument required`)
    }
    const count = Number(word)
    if (count > shell.positional.length)
      return shell.isBash ? 1 : shell.fail("can't shift that many", 'special')
    shell.positional = shell.positional.slice(count)
    return 0
  },
}
