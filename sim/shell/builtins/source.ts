import { KernelError, strerror } from '../../../src/host/errno.ts'
import { decodeText } from '../../../src/host/surrogate-escape.ts'
import type { Blocking } from '../../scheduler.ts'
import { Return } from '../control.ts'
import type { Shell } from '../shell.ts'
import { type Builtin, complainOf } from './builtin.ts'

/** `.` and `source`. */
export const source: Builtin = {
  *run(shell, argv) {
    const [name = '.', ...rest] = argv
    const [file, ...args] = rest[0] === '--' ? rest.slice(1) : rest
    if (file === undefined) return missingOperand(shell, name)
    const path = find(shell, file)
    const text = path === undefined ? undefined : yield* readText(shell, path)
    if (typeof text === 'string') return yield* runFile(shell, { path: path ?? file, text, args })
    const errno = text?.errno ?? 'ENOENT'
    if (shell.isBash) {
      shell.complain(`${file}: ${strerror(errno)}`)
      return 1
    }
    if (path === undefined) return shell.fail(`.: ${file}: not found`, 'fatal')
    return shell.fail(
      `.: cannot open ${file}: ${errno === 'ENOENT' ? 'No such file' : strerror(errno)}`,
      'fatal',
    )
  },
}

function missingOperand(shell: Shell, name: string): number {
  if (!shell.isBash) return 0
  complainOf(shell, name, 'filename argument required')
  shell.process.complain(`${name}: usage: ${name} filename [arguments]\n`)
  return 2
}

/** A name without a slash is looked up on PATH, in bash then in the working directory. */
function find(shell: Shell, file: string): string | undefined {
  if (file.includes('/')) return file
  for (const directory of (shell.variables.text('PATH') ?? '').split(':')) {
    const path = `${directory === '' ? '.' : directory}/${file}`
    if (shell.process.canAccess(path, 'read') && shell.process.stat(path).type === 'file') return path
  }
  return shell.isBash ? file : undefined
}

function* readText(shell: Shell, path: string): Blocking<string | KernelError> {
  const { process } = shell
  try {
    if (process.stat(path).type === 'file') return process.readText(path)
    const fd = process.open(path, { read: true })
    try {
      return decodeText(yield* process.readToEnd(fd))
    } finally {
      process.close(fd)
    }
  } catch (error) {
    if (error instanceof KernelError) return error
    throw error
  }
}

function* runFile(
  shell: Shell,
  file: { path: string; text: string; args: readonly string[] },
): Blocking<number> {
  const { lineOffset, line, positional, messageContext } = shell
  shell.frames.push({ kind: 'source', name: 'source', source: file.path, callLine: line })
  shell.lineOffset = 0
  shell.traceDepth++
  if (!shell.isBash) shell.messageContext = [...messageContext, file.path]
  if (file.args.length > 0 && shell.isBash) shell.positional = file.args
  try {
    const status = yield* shell.interpreter.runText(shell, file.text, {
      context: { kind: 'file', name: file.path },
    })
    return status
  } catch (thrown) {
    if (thrown instanceof Return) return thrown.status
    throw thrown
  } finally {
    shell.frames.pop()
    shell.traceDepth--
    shell.lineOffset = lineOffset
    shell.messageContext = messageContext
    if (file.args.length > 0 && shell.isBash) shell.positional = positional
    shell.line = line
  }
}
