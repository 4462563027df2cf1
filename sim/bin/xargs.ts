import { KernelError, strerror } from '../../src/host/errno.ts'
import { decodeText, encodeText } from '../../src/host/surrogate-escape.ts'
import { type Child, type Process, SIGNAL_NUMBER } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { complain } from './coreutils.ts'
import { type ParsedOptions, program, usageError } from './getopt.ts'
import { splitItems, splitQuoted } from './xargs-input.ts'

/** Exit statuses of xargs(1). */
const SOME_FAILED = 123
const ABORTED = 124
const KILLED = 125
const CANNOT_RUN = 126
const NOT_FOUND = 127

/** How long a command line may get unless -s says otherwise. */
const DEFAULT_SIZE = 128 * 1024

/** xargs(1) of findutils 4.9. */
export const xargs = program(
  {
    options: [
      '0,null',
      'a,arg-file:',
      'd,delimiter:',
      'I:',
      'i,replace::',
      'L,max-lines:',
      'n,max-args:',
      'P,max-procs:',
      'r,no-run-if-empty',
      's,max-chars:',
      't,verbose',
      'x,exit',
    ],
    unsimulated: ['E:', 'e,eof::', 'l::', 'o,open-tty', 'p,interactive', 'process-slot-var:', 'show-limits'],
    isStoppingAtOperand: true,
  },
  function* (process, options): Blocking<number> {
    const limits = limitsOf(process, options)
    const input = yield* readInput(process, options)
    if (typeof input === 'number') return input
    const command = options.operands.length === 0 ? ['echo'] : options.operands
    const isLinewise = limits.replaced !== undefined
    const { items, error } =
      options.has('null') || options.has('delimiter')
        ? { items: splitItems(input, options.has('null') ? '\0' : delimiterOf(options)), error: undefined }
        : splitQuoted(input, isLinewise)
    if (error !== undefined) complain(process, error)
    const lines = isLinewise
      ? items.map(item => replace(command, limits.replaced ?? '', item.text))
      : batches(command, items, limits)
    const isEmpty =
      lines.length === 0 && !options.has('no-run-if-empty') && !isLinewise && error === undefined
    const status = yield* runAll(process, isEmpty ? [command] : lines, {
      isVerbose: options.has('verbose'),
      maxProcs: limits.maxProcs,
    })
    return error === undefined ? status : 1
  },
)

interface Limits {
  readonly maxArgs: number
  readonly maxLines: number
  readonly maxChars: number
  readonly maxProcs: number
  readonly replaced: string | undefined
}

function limitsOf(process: Process, options: ParsedOptions): Limits {
  const number = (name: string, letter: string, least: number): number | undefined => {
    const text = options.value(name)
    if (text === undefined) return undefined
    if (!/^\d+$/.test(text)) throw usageError(process, `invalid number "${text}" for -${letter} option`)
    if (Number(text) < least)
      throw usageError(process, `value ${text} for -${letter} option should be >= ${least}`)
    return Number(text)
  }
  const isReplacing = options.has('I') || options.has('replace')
  // Of -I, -L and -n the last one counts.
  const named = options.last('I', 'replace', 'max-lines', 'max-args')
  // But for -n 1, which -I means anyway.
  const isOneEach = named === 'max-args' && isReplacing && options.value('max-args') === '1'
  const last = isOneEach ? 'I' : named
  const maxProcs = number('max-procs', 'P', 0) ?? 1
  return {
    maxArgs: (last === 'max-args' ? number('max-args', 'n', 1) : undefined) ?? Number.POSITIVE_INFINITY,
    maxLines: (last === 'max-lines' ? number('max-lines', 'L', 1) : undefined) ?? Number.POSITIVE_INFINITY,
    maxChars: number('max-chars', 's', 1) ?? DEFAULT_SIZE,
    maxProcs: maxProcs === 0 ? Number.POSITIVE_INFINITY : maxProcs,
    replaced:
      isReplacing && (last === 'I' || last === 'replace')
        ? (options.value('I') ?? options.value('replace') ?? '{}')
        : undefined,
  }
}

function* readInput(process: Process, options: ParsedOptions): Blocking<string | number> {
  const path = options.value('arg-file')
  if (path === undefined || path === '-') return decodeText(yield* process.readToEnd(0))
  try {
    return process.readText(path)
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    return complain(process, `Cannot open input file '${path}'`, error.errno)
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', '0': '\0', '\\': '\\', r: '\r' }

const delimiterOf = (options: ParsedOptions): string => {
  const text = options.value('delimiter') ?? ''
  return text.startsWith('\\') ? (ESCAPES[text.slice(1)] ?? text) : text
}

/** -I: every occurrence in the words after the command's name. */
const replace = (command: readonly string[], pattern: string, text: string): readonly string[] =>
  command.map(word => word.replaceAll(pattern, () => text))

function batches(
  command: readonly string[],
  items: ReturnType<typeof splitItems>,
  { maxArgs, maxLines, maxChars }: Limits,
): readonly (readonly string[])[] {
  const sizeOf = (words: readonly string[]): number =>
    words.reduce((sum, word) => sum + encodeText(word).length + 1, 0)
  const base = sizeOf(command)
  const lines: string[][] = []
  let current: string[] = []
  let size = base
  let ended = 0
  for (const { text, isLineEnd } of items) {
    const added = encodeText(text).length + 1
    if (current.length > 0 && (current.length >= maxArgs || size + added > maxChars || ended >= maxLines)) {
      lines.push([...command, ...current])
      current = []
      size = base
      ended = 0
    }
    current.push(text)
    size += added
    if (isLineEnd) ended++
  }
  return current.length > 0 ? [...lines, [...command, ...current]] : lines
}

function* runAll(
  process: Process,
  lines: readonly (readonly string[])[],
  options: { readonly isVerbose: boolean; readonly maxProcs: number },
): Blocking<number> {
  const running: Running[] = []
  let status = 0
  for (const argv of lines) {
    if (running.length >= options.maxProcs) {
      const ended = yield* reap(process, running.shift())
      if (ended > SOME_FAILED) return ended
      status ||= ended
    }
    if (options.isVerbose) process.complain(`${argv.join(' ')}\n`)
    const started = start(process, argv)
    if (typeof started === 'number') return started
    running.push(started)
  }
  while (running.length > 0) {
    const ended = yield* reap(process, running.shift())
    if (ended > SOME_FAILED) return ended
    status ||= ended
  }
  return status
}

interface Running {
  readonly child: Child
  readonly name: string
}

/** Standard input of a command is /dev/null. */
function start(process: Process, argv: readonly string[]): Running | number {
  const name = argv[0] ?? ''
  const path = process.which(name)
  const files = new Map(process.files)
  const fd = process.open('/dev/null', { read: true })
  files.set(0, process.file(fd))
  try {
    if (path === undefined) throw new KernelError('ENOENT')
    files.delete(fd)
    return { child: process.spawn(path, argv, { files }), name }
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    process.complain(`${process.argv[0]}: ${name}: ${strerror(error.errno)}\n`)
    return error.errno === 'ENOENT' ? NOT_FOUND : CANNOT_RUN
  } finally {
    process.close(fd)
  }
}

function* reap(process: Process, running: Running | undefined): Blocking<number> {
  if (running === undefined) return 0
  const { child, name } = running
  const exitCode = yield* child.wait()
  const signal = child.process.terminatedBy
  if (signal !== undefined) {
    complain(process, `${name}: terminated by signal ${SIGNAL_NUMBER[signal]}`)
    return KILLED
  }
  if (exitCode === 255) {
    complain(process, `${name}: exited with status 255; aborting`)
    return ABORTED
  }
  return exitCode === 0 ? 0 : SOME_FAILED
}
