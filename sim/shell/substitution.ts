import { decodeText } from '../../src/host/surrogate-escape.ts'
import { makePipe } from '../fs/pipe.ts'
import type { Blocking } from '../scheduler.ts'
import { expandText } from './expand.ts'
import { openForReading } from './redirect.ts'
import type { Shell } from './shell.ts'
import { startSubshell } from './subshell.ts'
import type { Script } from './syntax.ts'

/** `$(…)`: what it prints, without the newlines at the end. Sets `$?`. */
export function* substituteCommand(shell: Shell, script: Script): Blocking<string> {
  const file = fileOf(script)
  const bytes = file === undefined ? yield* outputOf(shell, script) : yield* contentOf(shell, file)
  return decodeText(bytes).replaceAll('\0', '').replace(/\n+$/, '')
}

function* outputOf(shell: Shell, script: Script): Blocking<Uint8Array> {
  const { process } = shell
  const { reader, writer } = makePipe()
  const child = startSubshell(shell, inner => runSubstitution(inner, script), {
    files: new Map(process.files).set(1, writer),
  })
  const fd = process.install(reader, undefined, 10)
  try {
    const bytes = yield* process.readToEnd(fd)
    shell.status = shell.substitutionStatus = yield* child.wait()
    return bytes
  } finally {
    if (process.files.get(fd) === reader) process.close(fd)
  }
}

/** bash turns errexit off in substitutions, unless inherit_errexit; dash does not. */
function* runSubstitution(inner: Shell, script: Script): Blocking<number> {
  inner.traceDepth++
  inner.lineOffset = inner.line - 1
  if (inner.isBash && !inner.shopts.has('inherit_errexit')) inner.options.delete('errexit')
  return yield* inner.interpreter.runStatements(inner, script.statements, { isLast: true })
}

/** The redirection of `$(< file)`, which needs no process. */
function fileOf(script: Script): Parameters<typeof expandText>[1] | undefined {
  const [statement, ...others] = script.statements
  const command = statement?.pipelines[0]?.commands[0]
  if (others.length > 0 || statement?.pipelines.length !== 1 || command?.type !== 'SimpleCommand')
    return undefined
  const [redirection, ...more] = command.redirections
  if (
    command.name !== null ||
    command.assignments.length > 0 ||
    more.length > 0 ||
    redirection?.operator !== '<'
  )
    return undefined
  return redirection.target.type === 'Word' ? redirection.target : undefined
}

function* contentOf(shell: Shell, target: Parameters<typeof expandText>[1]): Blocking<Uint8Array> {
  const path = yield* expandText(shell, target)
  const file = openForReading(shell, path)
  shell.status = shell.substitutionStatus = file === undefined ? 1 : 0
  if (file === undefined) return new Uint8Array()
  const fd = shell.process.install(file, undefined, 10)
  try {
    return yield* shell.process.readToEnd(fd)
  } finally {
    shell.process.close(fd)
  }
}
