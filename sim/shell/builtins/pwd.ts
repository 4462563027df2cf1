import { type Builtin, invalidOption, parseLetters } from './builtin.ts'

/** `pwd`, with -L and -P. */
export const pwd: Builtin = {
  run(shell, argv) {
    const { letters, invalid } = parseLetters(argv.slice(1), 'LP')
    if (invalid !== undefined) return invalidOption(shell, 'pwd', invalid, 'pwd [-LP]')
    const { process } = shell
    const path = letters.has('P')
      ? process.system.fs.realpath(process, '.')
      : (shell.variables.text('PWD') ?? process.cwd)
    process.print(`${path}\n`)
    return 0
  },
}
