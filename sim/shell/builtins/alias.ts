import { quoteSingle } from '../quote.ts'
import { type Builtin, failure } from './builtin.ts'

/** `alias`. */
export const alias: Builtin = {
  run(shell, argv) {
    let status = 0
    const operands = argv.length > 1 ? argv.slice(1) : [...shell.aliases.keys()].sort()
    for (const operand of operands) {
      const equals = operand.indexOf('=')
      const name = equals < 0 ? operand : operand.slice(0, equals)
      const text = shell.aliases.get(name)
      if (equals >= 0) shell.aliases.set(name, operand.slice(equals + 1))
      else if (text !== undefined)
        shell.process.print(`${shell.isBash ? 'alias ' : ''}${name}=${quoteSingle(text)}\n`)
      else status = failure(shell, 'alias', `${name}: not found`, 1)
    }
    return status
  },
}

/** `unalias`. */
export const unalias: Builtin = {
  run(shell, argv) {
    if (argv[1] === '-a') shell.aliases.clear()
    let status = 0
    for (const name of argv.slice(1).filter(word => word !== '-a'))
      if (!shell.aliases.delete(name)) status = failure(shell, 'unalias', `${name}: not found`, 1)
    return status
  },
}
