import type { Blocking } from '../scheduler.ts'
import { Discard, Exit, Interrupted, LoopJump, Replaced, Return } from './control.ts'
import { promptText } from './prompt.ts'
import { runText } from './run-text.ts'
import type { Shell } from './shell.ts'
import { countNewlines } from './syntax.ts'
import { runExitTrap } from './traps.ts'

/** What a line that somebody typed came to. */
export interface LineEnd {
  readonly status: number
  /** The shell ended: `exit`, errexit, or a program that took its place. */
  readonly isOver: boolean
}

/** Executes what was typed: one line, or the lines of one command. The shell is as it was, at its top level, afterwards. */
export function* runTypedLine(shell: Shell, text: string): Blocking<LineEnd> {
  const { lineOffset } = shell
  try {
    const status = yield* runText(shell, text)
    // An empty line leaves `$?` alone.
    if (text.trim() !== '') shell.status = status
  } catch (thrown) {
    if (thrown instanceof Replaced) return { status: yield* runReplacement(shell, thrown), isOver: true }
    if (thrown instanceof Exit) return yield* leave(shell, thrown.status)
    if (thrown instanceof Interrupted) shell.process.complain('\n')
    shell.status = statusOf(shell, thrown)
  } finally {
    shell.lineOffset = lineOffset + countNewlines(text)
  }
  return { status: shell.status, isOver: false }
}

function statusOf(shell: Shell, thrown: unknown): number {
  if (thrown instanceof Interrupted || thrown instanceof Discard || thrown instanceof Return)
    return thrown.status
  if (thrown instanceof LoopJump) return shell.status
  throw thrown
}

function* runReplacement({ process }: Shell, { program }: Replaced): Blocking<number> {
  const result = program(process)
  return typeof result === 'number' ? result : yield* result
}

/** The end of the shell, with its EXIT trap. */
export function* leave(shell: Shell, status = shell.status): Blocking<LineEnd> {
  return { status: yield* runExitTrap(shell, status), isOver: true }
}

/** Files that bash reads before somebody types: SYS_BASHRC, which Debian sets (debian/rules), and the person's own. */
export const STARTUP_FILES = ['/etc/bash.bashrc', '~/.bashrc'] as const

/** Reads one of them, where it is there. `$?` is none of theirs. */
export function* readStartupFile(shell: Shell, file: (typeof STARTUP_FILES)[number]): Blocking<LineEnd> {
  const path = file.replace('~', shell.variables.text('HOME') ?? '')
  if (shell.process.exists(path)) yield* runText(shell, `. ${path}`)
  shell.status = 0
  return { status: 0, isOver: false }
}

/** What is shown before a line: PROMPT_COMMAND is run, then PS1 is expanded. `$?` stays. */
export function* promptFor(shell: Shell): Blocking<string> {
  const { status, pipeStatus } = shell
  const command = shell.variables.text('PROMPT_COMMAND')
  if (command !== undefined) yield* runText(shell, command)
  const text = yield* promptText(shell, 'PS1')
  shell.status = status
  shell.pipeStatus = pipeStatus
  return text
}
