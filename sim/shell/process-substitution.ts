import { makePipe } from '../fs/pipe.ts'
import type { Shell } from './shell.ts'
import { startSubshell } from './subshell.ts'
import type { WordPart } from './syntax.ts'

/** bash takes descriptors for its pipes from here down. */
const HIGHEST_FD = 63

/**
 * `<(…)` and `>(…)`: a pipe at /dev/fd/N, and a process at its other end. The command that named it closes the
 * descriptor when it is done (`closeSubstitutions`); the process goes on until its pipe does.
 */
export function substituteProcess(
  shell: Shell,
  part: Extract<WordPart, { type: 'ProcessSubstitution' }>,
): string {
  const { process } = shell
  const { reader, writer } = makePipe()
  const isInput = part.direction === 'input'
  const files = new Map(process.files).set(isInput ? 1 : 0, isInput ? writer : reader)
  const child = startSubshell(
    shell,
    inner => {
      inner.traceDepth++
      inner.lineOffset = inner.line - 1
      return inner.interpreter.runStatements(inner, part.body.statements, { isLast: true })
    },
    { files },
  )
  shell.jobs.add(child)
  let fd = HIGHEST_FD
  while (process.files.has(fd)) fd--
  process.install(isInput ? reader : writer, fd)
  shell.substitutionFds.push(fd)
  return `/dev/fd/${fd}`
}

/** Closes what substitutions opened since there were `count` of them. */
export function closeSubstitutions(shell: Shell, count: number): void {
  for (const fd of shell.substitutionFds.splice(count))
    if (shell.process.files.has(fd)) shell.process.close(fd)
}
