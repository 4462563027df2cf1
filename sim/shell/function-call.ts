import type { Blocking } from '../scheduler.ts'
import { runCompound } from './compound.ts'
import { Return } from './control.ts'
import { applyRedirections, type Saved, undoRedirections } from './redirect.ts'
import type { Shell, ShellFunction } from './shell.ts'

/** More than a script needs, and less than the interpreter's own stack holds. */
const MAX_DEPTH = 1_000

/** Calls a function: its own positional parameters and local variables, and a frame for messages. */
export function* callFunction(
  shell: Shell,
  called: ShellFunction,
  argv: readonly string[],
): Blocking<number> {
  const { positional, lineOffset, loopDepth, line } = shell
  const { definition } = called
  if (shell.frames.length >= MAX_DEPTH) throw shell.unsimulated('a recursion this deep')
  shell.frames.push({ kind: 'function', name: definition.name, source: called.source, callLine: line })
  shell.variables.enterFunction()
  shell.positional = argv.slice(1)
  shell.lineOffset = called.lineOffset
  shell.loopDepth = 0
  const saved: Saved = []
  try {
    const redirections = [...definition.redirections, ...definition.body.redirections]
    const failure = yield* applyRedirections(shell, redirections, saved)
    return failure ?? (yield* runCompound(shell, definition.body, {}))
  } catch (thrown) {
    if (thrown instanceof Return) return thrown.status
    throw thrown
  } finally {
    undoRedirections(shell, saved)
    shell.frames.pop()
    shell.variables.leaveFunction()
    shell.positional = positional
    shell.lineOffset = lineOffset
    shell.loopDepth = loopDepth
    shell.line = line
  }
}
