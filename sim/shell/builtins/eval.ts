import type { Builtin } from './builtin.ts'

/** `eval`. */
export const evalBuiltin: Builtin = {
  *run(shell, argv) {
    const args = argv[1] === '--' ? argv.slice(2) : argv.slice(1)
    const text = args.join(' ')
    if (text.trim() === '') return 0
    const { lineOffset, line } = shell
    shell.lineOffset = shell.isBash ? line - 1 : 0
    shell.traceDepth++
    try {
      return yield* shell.interpreter.runText(shell, text, { context: { kind: 'eval', name: 'eval' } })
    } finally {
      shell.traceDepth--
      shell.lineOffset = lineOffset
    }
  },
}
