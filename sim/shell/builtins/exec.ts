import { KernelError } from '../../../src/host/errno.ts'
import { Exit } from '../control.ts'
import { lookUp, refused, replace } from '../external-command.ts'
import type { Shell } from '../shell.ts'
import { type Builtin, parseLetters } from './builtin.ts'

/** `exec`: without a program only its redirections stay, which the caller sees to. */
export const exec: Builtin = {
  run(shell, argv) {
    const { values, letters, operands, invalid } = parseLetters(argv.slice(1), shell.isBash ? 'cla:' : '')
    if (invalid !== undefined || letters.has('c') || letters.has('l'))
      throw shell.unsimulated(`exec ${invalid ?? '-c'}`)
    const [name] = operands
    if (name === undefined) return 0
    const path = lookUp(shell, name)
    if (path === undefined) return failed(shell, name)
    try {
      const args = [values.get('a') ?? name, ...operands.slice(1)]
      throw replace(shell, path, { argv: args, env: shell.environment })
    } catch (thrown) {
      if (!(thrown instanceof KernelError)) throw thrown
      return giveUp(shell, refused(shell, path, thrown.errno))
    }
  },
}

function failed(shell: Shell, name: string): number {
  shell.complain(shell.isBash ? `exec: ${name}: not found` : `${name}: not found`)
  return giveUp(shell, 127)
}

/** A shell that somebody types into is not ended by an `exec` that fails. */
function giveUp(shell: Shell, status: number): number {
  if (shell.isInteractive) return status
  throw new Exit(status)
}
