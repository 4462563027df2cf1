import type { OpenFile } from '../fs/open-file.ts'
import type { Child, Process, Program } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { Discard, Exit, LoopJump, Replaced, Return } from './control.ts'
import type { Shell } from './shell.ts'
import { runExitTrap } from './traps.ts'

type Body = (shell: Shell) => Blocking<number>

/** fork(2) of a shell: a child with a copy of its state as it is now. */
export function startSubshell(
  shell: Shell,
  body: Body,
  options: { files?: ReadonlyMap<number, OpenFile> } = {},
): Child {
  const { process } = shell
  let inner: Shell | undefined
  const program: Program = childProcess => runToEnd(inner ?? shell.fork(childProcess), body)
  const child = process.start(program, process.argv, { files: options.files ?? process.files })
  inner = shell.fork(child.process)
  return child
}

/** Runs what a shell process does, to its end: whatever leaves the script ends here, then the EXIT trap runs. */
export function* runToEnd(shell: Shell, body: Body): Blocking<number> {
  let status: number
  try {
    status = yield* body(shell)
  } catch (thrown) {
    if (thrown instanceof Replaced) return yield* runProgram(thrown.program, shell.process)
    status = statusOf(shell, thrown)
  }
  status = yield* runExitTrap(shell, status)
  shell.jobs.rethrow()
  return status
}

function statusOf(shell: Shell, thrown: unknown): number {
  if (thrown instanceof Exit || thrown instanceof Return || thrown instanceof Discard) return thrown.status
  if (thrown instanceof LoopJump) return shell.status
  throw thrown
}

function* runProgram(program: Program, process: Process): Blocking<number> {
  const result = program(process)
  return typeof result === 'number' ? result : yield* result
}
