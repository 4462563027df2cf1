import { echoText } from '../echo-text.ts'
import type { Builtin } from './builtin.ts'

/** `echo`: bash takes -n, -e and -E; dash only -n, and always expands escapes. */
export const echo: Builtin = {
  *run(shell, argv) {
    const text = shell.isBash
      ? echoText(argv.slice(1), { isEscaping: shell.shopts.has('xpg_echo') })
      : dashText(argv.slice(1))
    yield* shell.process.write(1, text)
    return 0
  },
}

const dashText = (args: readonly string[]): string =>
  echoText(args, { isEscaping: true, letters: 'n', isOneOption: true, isDash: true })
