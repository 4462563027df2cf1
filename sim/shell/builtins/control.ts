import { Exit, LoopJump, Return } from '../control.ts'
import type { Shell } from '../shell.ts'
import { type Builtin, complainOf, failure } from './builtin.ts'

/** `exit`. */
export const exit: Builtin = {
  run(shell, argv) {
    const status = statusOf(shell, argv)
    if (typeof status !== 'number') return status.failed
    throw new Exit(status)
  },
}

/** `return`, from a function or a sourced file; in dash also from the script. */
export const returnBuiltin: Builtin = {
  run(shell, argv) {
    if (shell.frames.length === 0 && shell.isBash)
      return failure(shell, 'return', "can only `return' from a function or sourced script", 2)
    const status = statusOf(shell, argv)
    if (typeof status !== 'number') throw new Return(status.failed)
    throw shell.frames.length === 0 ? new Exit(status) : new Return(status)
  },
}

/** The operand as a status; `$?` without one. */
function statusOf(shell: Shell, argv: readonly string[]): number | { failed: number } {
  const [name = '', word, ...more] = argv
  if (word === undefined) return shell.status
  if (!/^\s*[-+]?\d+\s*$/.test(word) || (!shell.isBash && /-/.test(word))) {
    if (!shell.isBash) shell.fail(`Illegal number: ${word}`, 'special')
    complainOf(shell, name, `${word}: numeric argument required`)
    return 2
  }
  if (more.length > 0 && shell.isBash) {
    complainOf(shell, name, 'too many arguments')
    return { failed: 1 }
  }
  return Number(word) & 0xff
}

const jump = (kind: 'break' | 'continue'): Builtin => ({
  run(shell, argv) {
    const levels = argv[1] === undefined ? 1 : Number(argv[1])
    if (!Number.isInteger(levels) || levels < 1) {
      if (!shell.isBash) return shell.fail(`Illegal number: ${argv[1]}`, 'special')
      if (Number.isInteger(levels)) return failure(shell, kind, `${argv[1]}: loop count out of range`)
      complainOf(shell, kind, `${argv[1]}: numeric argument required`)
      throw new Exit(128)
    }
    if (shell.loopDepth > 0) throw new LoopJump(kind, Math.min(levels, shell.loopDepth))
    if (shell.isBash) complainOf(shell, kind, "only meaningful in a `for', `while', or `until' loop")
    return 0
  },
})

export const breakBuiltin = jump('break')

export const continueBuiltin = jump('continue')
