import { lookUp } from '../external-command.ts'
import { type Builtin, failure } from './builtin.ts'

/** `hash`: programs are always looked up anew here, so forgetting is all there is to do. */
export const hash: Builtin = {
  run(shell, argv) {
    const operands = argv.slice(1).filter(word => !word.startsWith('-'))
    if (argv.length === 1 || argv.slice(1).some(word => word.startsWith('-') && word !== '-r'))
      throw shell.unsimulated(argv.join(' '))
    let status = 0
    for (const name of operands)
      if (lookUp(shell, name) === undefined) status = failure(shell, 'hash', `${name}: not found`, 1)
    return status
  },
}
