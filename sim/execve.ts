import { KernelError } from '../src/host/errno.ts'
import { Unsimulated } from '../src/host/host.ts'
import { decodeText } from '../src/host/surrogate-escape.ts'
import type { Process, Program } from './process.ts'

/** What execve(2) runs. */
export interface Executable {
  readonly program: Program
  /** For a script: the interpreter's argv up to and with the script's path. Empty otherwise. */
  readonly argv: readonly string[]
  readonly exe: string
}

/** BINPRM_BUF_SIZE of include/uapi/linux/binfmts.h: how much of the first line counts. */
const FIRST_LINE_BYTES = 256
const MAX_INTERPRETERS = 4

/**
 * execve(2): ENOENT, EACCES (no file, or no x bit), ENOEXEC (neither a program nor `#!`), ELOOP (interpreters of
 * interpreters). A program of the image whose content was not taken is one of ours, by the base name of its real path
 * or of the name it was called by; where we have none it is `Unsimulated`.
 */
export function loadExecutable(
  process: Process,
  path: string,
  programs: Readonly<Record<string, Program>>,
  depth = 0,
): Executable {
  const real = process.system.fs.realpath(process, path)
  const stat = process.stat(path)
  if (stat.type !== 'file' || !process.canAccess(path, 'execute')) throw new KernelError('EACCES')
  if (stat.isElided) return { program: builtFor(programs, path, real), argv: [], exe: real }
  const line = firstLine(process.readFile(path))
  const match = /^#![ \t]*([^ \t]+)(?:[ \t]+(.*?))?[ \t]*$/.exec(line)
  if (match?.[1] === undefined) throw new KernelError('ENOEXEC')
  if (depth === MAX_INTERPRETERS) throw new KernelError('ELOOP')
  const interpreter = loadExecutable(process, match[1], programs, depth + 1)
  const own = interpreter.argv.length > 0 ? interpreter.argv : [match[1]]
  return { ...interpreter, argv: [...own, ...(match[2] ? [match[2]] : []), path] }
}

function firstLine(bytes: Uint8Array): string {
  return decodeText(bytes.subarray(0, FIRST_LINE_BYTES)).split('\n')[0] ?? ''
}

function builtFor(programs: Readonly<Record<string, Program>>, path: string, real: string): Program {
  for (const name of [baseName(real), baseName(path)]) {
    const program = Object.hasOwn(programs, name) ? programs[name] : undefined
    if (program !== undefined) return program
  }
  throw new Unsimulated(baseName(path), `the program ${real}`)
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
