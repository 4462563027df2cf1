import { Unsimulated } from '../../src/host/host.ts'
import type { Process, Program } from '../process.ts'
import type { Blocking } from '../scheduler.ts'

/**
 * What a program takes, in the notation of getopt(1): `'p,parents'`, `'m,mode:'` (an argument is required),
 * `'Z,context::'` (an argument may be attached). A lone letter or a lone word will do: `'f'`, `'no-preserve-root'`.
 */
export interface OptionSpec {
  readonly options: readonly string[]
  /** What the real program takes too and ours does not: using one is `Unsimulated`. `help` and `version` always are. */
  readonly unsimulated?: readonly string[]
  /** The first operand ends the options (`+` of getopt(3)): env, nohup, timeout, sudo. */
  readonly isStoppingAtOperand?: boolean
  /** Exit status of a usage error. Default 1; ls, test, sort have 2, env and timeout 125. */
  readonly usageStatus?: number
  /** The line after a usage error. Default `Try 'NAME --help' for more information.`; '' for none. */
  readonly hint?: string
}

/** What was found, in order; `name` is the long name where there is one, else the letter. */
export interface ParsedOption {
  readonly name: string
  readonly argument: string | undefined
  /** As it was written, without what is attached: `-m`, `--mo`. */
  readonly written: string
}

/** What `parseOptions` found on a command line. */
export class ParsedOptions {
  readonly all: readonly ParsedOption[]
  readonly operands: readonly string[]

  constructor(all: readonly ParsedOption[], operands: readonly string[]) {
    this.all = all
    this.operands = operands
  }

  has(name: string): boolean {
    return this.all.some(option => option.name === name)
  }

  /** The argument of the last occurrence. */
  value(name: string): string | undefined {
    return this.all.findLast(option => option.name === name)?.argument
  }

  values(name: string): readonly string[] {
    return this.all.flatMap(option =>
      option.name === name && option.argument !== undefined ? [option.argument] : [],
    )
  }

  /** Which of several options that undo each other came last. */
  last(...names: readonly string[]): string | undefined {
    return this.all.findLast(option => names.includes(option.name))?.name
  }
}

/** A command line that the program refuses; `text` is all it says on standard error. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly exitCode: number
  readonly text: string

  constructor(text: string, exitCode: number) {
    super(text)
    this.text = text
    this.exitCode = exitCode
  }
}

interface Rule {
  readonly name: string
  readonly short: string | undefined
  readonly long: string | undefined
  readonly argument: 'none' | 'required' | 'optional'
  readonly isUnsimulated: boolean
}

interface Table {
  readonly rules: readonly Rule[]
  readonly byLetter: ReadonlyMap<string, Rule>
  readonly longs: readonly (readonly [string, Rule])[]
}

const tables = new WeakMap<OptionSpec, Table>()

/**
 * getopt_long(3) of glibc: options and operands in any order, bundled letters, abbreviated long names, `--`; in its
 * words when the command line is wrong. Messages start with argv[0] as it was given, like glibc's.
 *
 * Throws `UsageError`, which `program` turns into output and exit status, and `Unsimulated` for an option that only
 * the real program has.
 */
export function parseOptions(process: Process, spec: OptionSpec, argv = process.argv): ParsedOptions {
  return new Parse(process, spec, argv).run()
}

/** What can be told of a program's command line without running it: throws as `parseOptions` does. */
export type CommandLine = (process: Process) => ParsedOptions | undefined

const commandLines = new WeakMap<Program, CommandLine>()

/** Has a program whose options are not parsed by `program` tell what it takes. */
export function withCommandLine<P extends Program>(program: P, check: CommandLine): P {
  commandLines.set(program, check)
  return program
}

/** For a program that takes any words. */
export const ANY_WORDS: CommandLine = () => undefined

/** Undefined where nothing can be told. */
export const commandLineOf = (program: Program): CommandLine | undefined => commandLines.get(program)

export interface ProgramSettings {
  /** Words that options are read from instead of argv: for old forms like `head -5`, and modes like `chmod -x`. */
  readonly rewrite?: (argv: readonly string[]) => readonly string[]
}

/** A program whose options are parsed before its body runs; usage errors, of parsing or of the body, are printed. */
export function program<Result extends number | Blocking<number>>(
  spec: OptionSpec,
  body: (process: Process, options: ParsedOptions) => Result,
  settings: ProgramSettings = {},
): (process: Process) => Result | number {
  const parse = (process: Process): ParsedOptions =>
    parseOptions(process, spec, settings.rewrite?.(process.argv))
  return withCommandLine(process => {
    try {
      const result = body(process, parse(process))
      // What catches for a generator is a generator, so still a `Result`.
      return typeof result === 'number' ? result : (withUsageErrors(process, result) as Result)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      process.complain(error.text)
      return error.exitCode
    }
  }, parse)
}

function* withUsageErrors(process: Process, body: Blocking<number>): Blocking<number> {
  try {
    return yield* body
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.complain(error.text)
    return error.exitCode
  }
}

/** The error of a wrong command line in GNU's manner: `NAME: message`, then where to read on. */
export function usageError(process: Process, message: string, exitCode = 1): UsageError {
  const name = process.argv[0] ?? ''
  return new UsageError(`${name}: ${message}\nTry '${name} --help' for more information.\n`, exitCode)
}

class Parse {
  readonly #process: Process
  readonly #spec: OptionSpec
  readonly #table: Table
  readonly #rest: string[]
  readonly #found: ParsedOption[] = []
  readonly #operands: string[] = []

  constructor(process: Process, spec: OptionSpec, argv: readonly string[]) {
    this.#process = process
    this.#spec = spec
    this.#table = tableOf(spec)
    this.#rest = argv.slice(1)
  }

  run(): ParsedOptions {
    const isStopping = this.#spec.isStoppingAtOperand || this.#process.env.has('POSIXLY_CORRECT')
    for (let word = this.#rest.shift(); word !== undefined; word = this.#rest.shift()) {
      if (word === '--') this.#operands.push(...this.#rest.splice(0))
      else if (word.startsWith('--')) this.#long(word.slice(2))
      else if (word.startsWith('-') && word !== '-') this.#letters(word.slice(1))
      else this.#operands.push(word, ...(isStopping ? this.#rest.splice(0) : []))
    }
    return new ParsedOptions(this.#found, this.#operands)
  }

  #letters(letters: string): void {
    for (let at = 0; at < letters.length; at++) {
      const letter = letters.charAt(at)
      const rule = this.#table.byLetter.get(letter)
      if (rule === undefined) throw this.#error(`invalid option -- '${letter}'`)
      if (rule.argument === 'none') {
        this.#take(rule, undefined, `-${letter}`)
        continue
      }
      const attached = letters.slice(at + 1)
      const isSeparate = attached === '' && rule.argument === 'required'
      const argument = isSeparate ? this.#rest.shift() : attached === '' ? undefined : attached
      if (argument === undefined && rule.argument === 'required')
        throw this.#error(`option requires an argument -- '${letter}'`)
      this.#take(rule, argument, `-${letter}`)
      return
    }
  }

  #long(word: string): void {
    const equals = word.indexOf('=')
    const name = equals < 0 ? word : word.slice(0, equals)
    const rule = this.#find(name, word)
    let argument = equals < 0 ? undefined : word.slice(equals + 1)
    if (argument !== undefined && rule.argument === 'none')
      throw this.#error(`option '--${rule.long}' doesn't allow an argument`)
    if (argument === undefined && rule.argument === 'required') {
      argument = this.#rest.shift()
      if (argument === undefined) throw this.#error(`option '--${rule.long}' requires an argument`)
    }
    this.#take(rule, argument, `--${name}`)
  }

  #find(name: string, word: string): Rule {
    const { longs } = this.#table
    const exact = longs.find(([long]) => long === name)
    if (exact !== undefined) return exact[1]
    const matching = longs.filter(([long]) => long.startsWith(name))
    const [first] = matching
    if (first === undefined) throw this.#error(`unrecognized option '--${word}'`)
    // glibc lists the possibilities in the order of the program's own table, which is not kept here.
    if (matching.some(([, rule]) => rule !== first[1]))
      throw new Unsimulated(this.#process.name, `the ambiguous option --${word}`)
    return first[1]
  }

  #take(rule: Rule, argument: string | undefined, written: string): void {
    if (rule.isUnsimulated) throw new Unsimulated(this.#process.name, `the option ${written}`)
    this.#found.push({ name: rule.name, argument, written })
  }

  #error(message: string): UsageError {
    const name = this.#process.argv[0] ?? ''
    const hint = this.#spec.hint ?? `Try '${name} --help' for more information.`
    return new UsageError(
      `${name}: ${message}\n${hint === '' ? '' : `${hint}\n`}`,
      this.#spec.usageStatus ?? 1,
    )
  }
}

function tableOf(spec: OptionSpec): Table {
  const known = tables.get(spec)
  if (known !== undefined) return known
  const rules = [
    ...spec.options.map(notation => parseRule(notation, false)),
    ...(spec.unsimulated ?? []).map(notation => parseRule(notation, true)),
  ]
  for (const long of ['help', 'version'])
    if (!rules.some(rule => rule.long === long)) rules.push(parseRule(long, true))
  const table = {
    rules,
    byLetter: new Map(rules.flatMap(rule => (rule.short === undefined ? [] : [[rule.short, rule] as const]))),
    longs: rules.flatMap(rule => (rule.long === undefined ? [] : [[rule.long, rule] as const])),
  }
  tables.set(spec, table)
  return table
}

function parseRule(notation: string, isUnsimulated: boolean): Rule {
  const colons = notation.endsWith('::') ? 2 : notation.endsWith(':') ? 1 : 0
  const names = notation.slice(0, notation.length - colons).split(',')
  const short = names.find(name => name.length === 1)
  const long = names.find(name => name.length > 1)
  return {
    name: long ?? short ?? '',
    short,
    long,
    argument: (['none', 'required', 'optional'] as const)[colons] ?? 'none',
    isUnsimulated,
  }
}
