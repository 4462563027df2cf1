import { KernelError, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { concatBytes } from '../../src/host/surrogate-escape.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { baseName, complain, dirName, joinPath } from './coreutils.ts'
import { type ParsedOptions, program } from './getopt.ts'
import { runTool, type TextTool, textTool } from './text-tool.ts'

const tool: TextTool = {
  spec: {
    options: ['n,quiet', 'silent', 'e,expression:', 'E,regexp-extended', 'r', 'i,in-place::'],
    unsimulated: [
      'f,file:',
      's,separate',
      'l,line-length:',
      'z,null-data',
      'u,unbuffered',
      'posix',
      'debug',
      'sandbox',
      'follow-symlinks',
      'b,binary',
    ],
  },
  countBefore: options => (options.has('expression') ? 0 : 1),
  refusal: (path, reason) =>
    reason === strerror('EISDIR')
      ? `couldn't edit ${path}: not a regular file`
      : `can't read ${path}: ${reason}`,
  failure: 2,
}

const onStreams = textTool('sed', tool)

/** Exit statuses of sed(1). */
const BAD_INPUT = 2
const PANIC = 4

/** sed(1) 4.9: just-bash edits streams; a file that is edited in place is another one afterwards. */
export const sed = program(tool.spec, function* (process, options): Blocking<number> {
  checkScript(options)
  if (!options.has('in-place')) {
    const result = onStreams(process)
    return typeof result === 'number' ? result : yield* result
  }
  const files = options.operands.slice(tool.countBefore(options))
  if (files.length === 0) {
    complain(process, 'no input files')
    return PANIC
  }
  checkQuit(options, files)
  let status = 0
  for (const path of files) status = (yield* editInPlace(process, options, path)) || status
  return status
})

/** What just-bash's sed answers otherwise than GNU's did where both were asked, as far as a script's text shows it. */
const DIFFERENT: readonly (readonly [what: string, sign: RegExp])[] = [
  ['a case conversion', /\\[ULulE]/],
  ['a number together with the flag g', /[/|#,@:](?:\d+g|g\d+)/],
  ['a backslash behind a backslash', /\\\\/],
  ['the command c for a range', /[\d$/]\s*,\s*(?:\d+|\$|\+\d+|\/[^/]*\/)\s*c/],
  ['the command H', /(?:^|[;{\s\d$/!])H\s*(?:$|[;}\n])/],
  ['a branch without a label in front of more commands', /(?:^|[;{\s\d$/!])[bt]\s*[;}]/],
]

function checkScript(options: ParsedOptions): void {
  const script = [...options.values('expression'), options.operands[0] ?? ''].join('\n')
  for (const [what, sign] of DIFFERENT) if (sign.test(script)) throw new Unsimulated('sed', what)
  for (const group of script.split(/[()]/)) {
    const alternatives = group.split(/\\?\|/).filter(text => text !== '')
    if (
      alternatives.some((first, index) =>
        alternatives.slice(index + 1).some(later => later.startsWith(first)),
      )
    )
      if (options.has('regexp-extended') || options.has('r') || group.includes('\\|'))
        throw new Unsimulated('sed', 'alternatives of which one begins like another')
  }
}

/** `q` ends it all and leaves the other files alone; which one it was in is not known here. */
function checkQuit(options: ParsedOptions, files: readonly string[]): void {
  const script = [...options.values('expression'), options.operands[0] ?? ''].join('\n')
  if (files.length > 1 && /(?:^|[\s;{\d$/!])[qQ]\s*\d*\s*(?:$|[;}\n])/.test(script))
    throw new Unsimulated('sed', '-i of several files with the command q')
}

function* editInPlace(process: Process, options: ParsedOptions, path: string): Blocking<number> {
  try {
    if (process.stat(path).type !== 'file') {
      complain(process, `couldn't edit ${path}: not a regular file`)
      return PANIC
    }
    process.close(process.open(path, { read: true }))
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    complain(process, `can't read ${path}: ${strerror(error.errno)}`)
    return BAD_INPUT
  }
  const args = [...streamWords(options), path.startsWith('-') ? `./${path}` : path]
  const { stdout, stderr, exitCode } = yield* runTool(process, 'sed', { args, stdin: new Uint8Array() })
  process.complain(stderr)
  if (stderr !== '') return exitCode
  const content = withoutAddedNewline(process, path, stdout)
  return replace(process, path, { content, suffix: options.value('in-place') }) || exitCode
}

/** The options and the script, without what says that it is in place. */
function streamWords(options: ParsedOptions): readonly string[] {
  const words = options.all.flatMap(({ name, argument }) => {
    if (name === 'quiet' || name === 'silent') return ['-n']
    if (name === 'regexp-extended' || name === 'r') return ['-E']
    return name === 'expression' ? ['-e', argument ?? ''] : []
  })
  return options.has('expression') ? words : [...words, '-e', options.operands[0] ?? '']
}

/** A last line without a newline stays without. */
function withoutAddedNewline(process: Process, path: string, edited: Uint8Array): Uint8Array {
  const before = process.readFile(path)
  const isUnended = before.length > 0 && before.at(-1) !== 10
  return isUnended && edited.at(-1) === 10 ? edited.subarray(0, -1) : edited
}

/** open_next_file() and closedown() of sed's execute.c: a temporary file with the old one's owner and mode, renamed. */
function replace(
  process: Process,
  path: string,
  { content, suffix }: { readonly content: Uint8Array; readonly suffix: string | undefined },
): number {
  const { uid, gid, mode } = process.stat(path)
  const directory = dirName(path)
  const temporary = joinPath(directory, `sed${randomLetters(process)}`)
  try {
    process.writeFile(temporary, concatBytes([content]), { mode: 0o600 })
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    complain(process, `couldn't open temporary file ${temporary}: ${strerror(error.errno)}`)
    return PANIC
  }
  process.chown(temporary, uid, gid)
  process.chmod(temporary, mode)
  if (suffix) process.rename(path, backupName(path, suffix))
  process.rename(temporary, path)
  return 0
}

/** A suffix, or with `*` a pattern for the name. */
function backupName(path: string, suffix: string): string {
  if (suffix.includes('/')) throw new Unsimulated('sed', `-i with a directory: ${suffix}`)
  const name = baseName(path)
  const backup = suffix.includes('*') ? suffix.replaceAll('*', name) : `${name}${suffix}`
  return joinPath(dirName(path), backup)
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

const randomLetters = (process: Process): string =>
  Array.from({ length: 6 }, () => LETTERS.charAt(Math.floor(process.system.random() * LETTERS.length))).join(
    '',
  )
