import { strftime } from '../../formats/strftime.ts'
import { assignElement } from '../expand.ts'
import { formatPrintf, type PrintfDialect } from '../printf-format.ts'
import { quoteWithBackslashes } from '../quote.ts'
import type { Shell } from '../shell.ts'
import { type Builtin, complainOf } from './builtin.ts'

/** `printf`; in bash with `-v NAME`, `%q` and `%(…)T`. */
export const printf: Builtin = {
  *run(shell, argv) {
    const args = argv.slice(1)
    let variable: string | undefined
    if (shell.isBash && args[0] === '-v') {
      args.shift()
      variable = args.shift()
      if (variable === undefined) {
        complainOf(shell, 'printf', '-v: option requires an argument')
        return usage(shell)
      }
    }
    if (args[0] === '--') args.shift()
    const format = args.shift()
    if (format === undefined) return usage(shell)
    if (/^-./.test(format) && variable === undefined && argv[1] === format && shell.isBash) {
      complainOf(shell, 'printf', `${format.slice(0, 2)}: invalid option`)
      return usage(shell)
    }
    const { text, exitCode } = formatPrintf(format, args, dialectOf(shell))
    if (variable === undefined) yield* shell.process.write(1, text)
    else {
      const [, name = variable, subscript] = /^(\w+)\[(.*)\]$/.exec(variable) ?? []
      yield* assignElement(shell, { name, subscript }, text)
    }
    return exitCode
  },
}

function usage(shell: Shell): number {
  if (shell.isBash) shell.process.complain('printf: usage: printf [-v var] format [arguments]\n')
  else shell.complain('usage: printf format [arg ...]')
  return 2
}

function dialectOf(shell: Shell): PrintfDialect {
  if (!shell.isBash) {
    return {
      name: 'dash',
      complainNumber: (text, isPartial) =>
        shell.complain(`${text}: ${isPartial ? 'not completely converted' : 'expected numeric value'}`),
      invalidDirective: directive => shell.complain(`${directive}: invalid directive`),
    }
  }
  return {
    name: 'bash',
    quote: quoteWithBackslashes,
    complainNumber: text => complainOf(shell, 'printf', `${text}: invalid number`),
    invalidDirective: directive => {
      const last = directive.slice(-1)
      const isMissing = directive === '%'
      complainOf(
        shell,
        'printf',
        isMissing ? "`%': missing format character" : `\`${last}': invalid format character`,
      )
    },
    formatTime: (format, argument) => {
      const seconds =
        argument === undefined || argument === '-1' ? shell.process.clock.realtimeSeconds : Number(argument)
      return strftime(format === '' ? '%X' : format, seconds)
    },
  }
}
