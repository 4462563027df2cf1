import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { decodeText } from '../../src/host/surrogate-escape.ts'
import { type RegexDialect, RegexError } from '../formats/regex/parse.ts'
import { Regex } from '../formats/regex/regex.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { matchesPattern } from '../shell/pattern.ts'
import { baseName, complain, joinPath } from './coreutils.ts'
import { type ParsedOptions, program, UsageError } from './getopt.ts'
import { isUtf8 } from './quote.ts'

const HINT = "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information."
const TROUBLE = 2

/** grep(1) of GNU: lines that match, by regular expressions of our own (POSIX: the longest of the leftmost). */
export const grep = program(
  {
    options: [
      'A,after-context:',
      'B,before-context:',
      'C,context:',
      'c,count',
      'color::',
      'colour::',
      'E,extended-regexp',
      'e,regexp:',
      'exclude:',
      'exclude-dir:',
      'F,fixed-strings',
      'f,file:',
      'G,basic-regexp',
      'H,with-filename',
      'h,no-filename',
      'i,ignore-case',
      'include:',
      'L,files-without-match',
      'l,files-with-matches',
      'line-buffered',
      'm,max-count:',
      'n,line-number',
      'o,only-matching',
      'q,quiet',
      'r,recursive',
      's,no-messages',
      'silent',
      'v,invert-match',
      'w,word-regexp',
      'x,line-regexp',
      'a,text',
    ],
    unsimulated: [
      'b,byte-offset',
      'binary-files:',
      'D,devices:',
      'd,directories:',
      'exclude-from:',
      'I',
      'label:',
      'no-ignore-case',
      'P,perl-regexp',
      'R,dereference-recursive',
      'T,initial-tab',
      'U,binary',
      'y',
      'Z,null',
      'z,null-data',
    ],
    usageStatus: TROUBLE,
    hint: HINT,
  },
  function* (process, options): Blocking<number> {
    const color = options.value('color') ?? options.value('colour')
    if (color !== undefined && !/^(?:auto|tty|if-tty|never|no|none)$/.test(color))
      throw new Unsimulated('grep', `--color=${color}`)
    const operands = [...options.operands]
    const patterns = yield* patternsOf(process, options, operands)
    if (typeof patterns === 'number') return patterns
    const search = searchOf(process, options, patterns)
    if (typeof search === 'number') return search
    return yield* new Grep(process, options, search).run(operands)
  },
)

function* patternsOf(
  process: Process,
  options: ParsedOptions,
  operands: string[],
): Blocking<readonly string[] | number> {
  const given: string[] = options.values('regexp').flatMap(text => text.split('\n'))
  for (const path of options.values('file')) {
    const bytes = yield* contentOf(process, path)
    if (bytes instanceof KernelError) {
      complain(process, path, bytes.errno)
      return TROUBLE
    }
    const text = decodeText(bytes).replace(/\n$/, '')
    if (bytes.length > 0) given.push(...text.split('\n'))
  }
  if (options.has('regexp') || options.has('file')) return given
  const first = operands.shift()
  if (first === undefined) throw new UsageError(`${HINT}\n`, TROUBLE)
  return first.split('\n')
}

/** The first place in a line, from an offset on, that one of the patterns matches; the longest of these. */
type Search = (line: string, from: number) => { readonly start: number; readonly end: number } | undefined

function searchOf(process: Process, options: ParsedOptions, patterns: readonly string[]): Search | number {
  const kind = options.last('extended-regexp', 'fixed-strings', 'basic-regexp') ?? 'basic-regexp'
  const dialect: RegexDialect = {
    name: 'grep',
    isBasic: kind === 'basic-regexp',
    hasIntervals: true,
    hasGnuEscapes: true,
    hasCEscapes: false,
  }
  const whole = options.has('line-regexp') ? 'line' : options.has('word-regexp') ? 'word' : undefined
  const regexes: Regex[] = []
  for (const pattern of patterns) {
    if (/^\[:\w+:\]$/.test(pattern)) throw new Unsimulated('grep', `the pattern ${pattern}`)
    const source = kind === 'fixed-strings' ? pattern.replace(/[\\^$.*+?|[\](){}]/g, '\\$&') : pattern
    try {
      regexes.push(new Regex(source, dialect, { isCaseless: options.has('ignore-case'), whole }))
    } catch (error) {
      if (!(error instanceof RegexError)) throw error
      complain(process, error.message)
      return TROUBLE
    }
  }
  return (line, from) => {
    let best: { readonly start: number; readonly end: number } | undefined
    for (const regex of regexes) {
      const found = regex.find(line, from)
      if (found === undefined || (best !== undefined && found.start > best.start)) continue
      if (best === undefined || found.start < best.start || found.end > best.end) best = found
    }
    return best
  }
}

function* contentOf(process: Process, path: string): Blocking<Uint8Array | KernelError> {
  let fd = 0
  try {
    if (path !== '-') {
      if (process.stat(path).type === 'directory') return new KernelError('EISDIR')
      fd = process.open(path, { read: true })
    }
    return yield* process.readToEnd(fd)
  } catch (error) {
    if (error instanceof KernelError) return error
    throw error
  } finally {
    if (fd !== 0) process.close(fd)
  }
}

class Grep {
  readonly #process: Process
  readonly #options: ParsedOptions
  readonly #search: Search
  readonly #isQuiet: boolean
  readonly #before: number
  readonly #after: number
  readonly #most: number
  #isNamed = false
  #hasSelected = false
  #hasTrouble = false
  #hasPrinted = false

  constructor(process: Process, options: ParsedOptions, search: Search) {
    this.#process = process
    this.#options = options
    this.#search = search
    this.#isQuiet = options.has('quiet') || options.has('silent')
    const context = this.#number('context', 'context length') ?? 0
    this.#before = this.#number('before-context', 'context length') ?? context
    this.#after = this.#number('after-context', 'context length') ?? context
    this.#most = this.#number('max-count', 'max count') ?? Number.POSITIVE_INFINITY
  }

  #number(name: string, what: string): number | undefined {
    const text = this.#options.value(name)
    if (text === undefined) return undefined
    if (/^\d+$/.test(text)) return Number(text)
    const told = what === 'max count' ? 'invalid max count' : `${text}: invalid context length argument`
    throw new UsageError(`${this.#process.argv[0]}: ${told}\n`, TROUBLE)
  }

  *run(operands: readonly string[]): Blocking<number> {
    const isRecursive = this.#options.has('recursive')
    const paths = operands.length > 0 ? operands : [isRecursive ? '.' : '-']
    const naming = this.#options.last('with-filename', 'no-filename')
    this.#isNamed = naming === 'with-filename' || (naming === undefined && (isRecursive || paths.length > 1))
    for (const path of paths) {
      yield* this.#path(path, isRecursive && operands.length === 0)
      if (this.#isQuiet && this.#hasSelected) return 0
    }
    return this.#hasTrouble ? TROUBLE : this.#hasSelected ? 0 : 1
  }

  *#path(path: string, isImplied: boolean): Blocking<void> {
    const { process } = this
    if (path !== '-' && this.#options.has('recursive') && process.exists(path)) {
      if (process.stat(path).type === 'directory') {
        yield* this.#tree(path, isImplied)
        return
      }
    }
    yield* this.#file(path)
  }

  get process(): Process {
    return this.#process
  }

  *#tree(directory: string, isImplied: boolean): Blocking<void> {
    for (const name of this.#process.readdir(directory)) {
      const path = isImplied ? name : joinPath(directory, name)
      const { type } = this.#process.lstat(path)
      if (type === 'directory') {
        if (!this.#matches('exclude-dir', name)) yield* this.#tree(path, false)
      } else if (type === 'file' && this.#isWanted(name)) yield* this.#file(path)
      if (this.#isQuiet && this.#hasSelected) return
    }
  }

  #matches(option: string, name: string): boolean {
    return this.#options.values(option).some(glob => {
      if (glob.includes('/')) throw new Unsimulated('grep', `--${option}=${glob}`)
      return matchesPattern(name, glob)
    })
  }

  #isWanted(path: string): boolean {
    const name = baseName(path)
    const hasIncluded = this.#options.values('include').length > 0
    if (hasIncluded && this.#options.values('exclude').length > 0)
      throw new Unsimulated('grep', '--include together with --exclude')
    return (!hasIncluded || this.#matches('include', name)) && !this.#matches('exclude', name)
  }

  *#file(path: string): Blocking<void> {
    if (path !== '-' && !this.#isWanted(path)) return
    const bytes = yield* contentOf(this.#process, path)
    if (bytes instanceof KernelError) {
      this.#hasTrouble = true
      if (!this.#options.has('no-messages')) complain(this.#process, path, bytes.errno)
      return
    }
    yield* this.#text(path === '-' ? '(standard input)' : path, decodeText(bytes))
  }

  *#text(name: string, text: string): Blocking<void> {
    const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
    const isInverted = this.#options.has('invert-match')
    const selected: number[] = []
    for (let index = 0; index < lines.length && selected.length < this.#most; index++)
      if ((this.#search(lines[index] ?? '', 0) !== undefined) !== isInverted) selected.push(index)
    const isSelected = selected.length > 0
    const listing = this.#options.last('files-with-matches', 'files-without-match')
    if (listing === 'files-without-match' ? !isSelected : isSelected) this.#hasSelected = true
    if (this.#isQuiet) return
    if (listing !== undefined) {
      if (isSelected === (listing === 'files-with-matches')) yield* this.#process.write(1, `${name}\n`)
    } else if (this.#options.has('count'))
      yield* this.#process.write(1, `${this.#isNamed ? `${name}:` : ''}${selected.length}\n`)
    else if (isSelected && this.#isBinary(text)) complain(this.#process, `${name}: binary file matches`)
    else yield* this.#print(name, { lines, selected })
  }

  #isBinary(text: string): boolean {
    if (this.#options.has('text')) return false
    return text.includes('\0') || (isUtf8(this.#process) && !text.isWellFormed())
  }

  *#print(
    name: string,
    { lines, selected }: { readonly lines: readonly string[]; readonly selected: readonly number[] },
  ): Blocking<void> {
    const isContextual = ['context', 'before-context', 'after-context'].some(name => this.#options.has(name))
    let shown = -1
    let out = ''
    for (const [at, index] of selected.entries()) {
      const from = Math.max(index - this.#before, shown + 1)
      if (isContextual && (shown >= 0 ? from > shown + 1 : this.#hasPrinted)) out += '--\n'
      for (let context = from; context < index; context++) out += this.#line(name, context, lines, '-')
      out += this.#line(name, index, lines, ':')
      const next = selected[at + 1] ?? Number.POSITIVE_INFINITY
      const last = Math.min(index + this.#after, next - 1, lines.length - 1)
      for (let context = index + 1; context <= last; context++) out += this.#line(name, context, lines, '-')
      shown = Math.max(last, index)
      this.#hasPrinted = true
    }
    yield* this.#process.write(1, out)
  }

  #line(name: string, index: number, lines: readonly string[], mark: ':' | '-'): string {
    const line = lines[index] ?? ''
    const number = this.#options.has('line-number') ? `${index + 1}${mark}` : ''
    const prefix = `${this.#isNamed ? `${name}${mark}` : ''}${number}`
    if (!this.#options.has('only-matching')) return `${prefix}${line}\n`
    if (mark === '-' || this.#options.has('invert-match')) return ''
    return this.#matchesOf(line)
      .map(text => `${prefix}${text}\n`)
      .join('')
  }

  #matchesOf(line: string): readonly string[] {
    const found: string[] = []
    for (let from = 0; from <= line.length; ) {
      const match = this.#search(line, from)
      if (match === undefined) break
      if (match.end > match.start) found.push(line.slice(match.start, match.end))
      from = match.end > match.start ? match.end : match.end + 1
    }
    return found
  }
}
