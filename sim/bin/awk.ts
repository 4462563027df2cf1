import { KernelError, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { AwkFailure } from '../formats/awk/failure.ts'
import { unescapeAwk } from '../formats/awk/lexer.ts'
import { parseAwk } from '../formats/awk/parser.ts'
import { RegexError } from '../formats/regex/parse.ts'
import type { Process, Program } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { AwkArray } from './awk/array.ts'
import { Cell, Interpreter, refusal } from './awk/interpreter.ts'
import { regexOf } from './awk/regex.ts'
import { type MawkRelease, mawkRelease } from './awk/release.ts'
import { argumentText, inputValue, type Value } from './awk/value.ts'
import { ParsedOptions, UsageError, withCommandLine } from './getopt.ts'

/** What mawk exits with when anything is wrong. */
const FAILED = 2

/** awk(1), which is mawk 1.3.4 on Debian: an interpreter of our own, of each release's mawk. */
export const awk: Program = withCommandLine(process => run(process), parseCommandLine)

function* run(process: Process): Blocking<number> {
  const options = optionsOf(process)
  if (typeof options === 'number') return options
  const release = mawkRelease(process)
  let interpreter: Interpreter | undefined
  try {
    const text = yield* programText(process, options)
    const [operands, program] = [operandsOf(options), parseAwk(text)]
    checkExpressions(program, release)
    interpreter = new Interpreter(process, program, release)
    prepare(interpreter, options, operands)
    return yield* interpreter.run()
  } catch (error) {
    if (!(error instanceof AwkFailure)) throw error
    if (interpreter !== undefined) yield* interpreter.streams.closeAll()
    process.complain(`${process.name}: ${error.isAtRunTime ? 'run time error: ' : ''}${error.message}\n`)
    if (error.isAtRunTime && interpreter !== undefined) process.complain(where(interpreter))
    return FAILED
  }
}

/** rt_where() of error.c. */
const where = (interpreter: Interpreter): string => {
  const [name, fnr, nr] = ['FILENAME', 'FNR', 'NR'].map(variable =>
    interpreter.text(interpreter.get(variable)),
  )
  return `\tFILENAME="${name}" FNR=${fnr} NR=${nr}\n`
}

function optionsOf(process: Process): ParsedOptions | number {
  try {
    return parseCommandLine(process)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.complain(error.text)
    return error.exitCode
  }
}

/** mawk reads its options itself (init.c): no long ones, and operands end them. */
function parseCommandLine(process: Process): ParsedOptions {
  const words = process.argv.slice(1)
  const found: { name: string; argument: string; written: string }[] = []
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--') break
    if (!word.startsWith('-') || word === '-') {
      words.unshift(word)
      break
    }
    const letter = word.charAt(1)
    if (!/[fFv]/.test(letter)) throw new Unsimulated('awk', `the option ${word}`)
    const argument = word.length > 2 ? word.slice(2) : words.shift()
    if (argument === undefined)
      throw new UsageError(`${process.name}: option -${letter} lacks argument\n`, FAILED)
    if (letter === 'v' && !/^[A-Za-z_]\w*=/.test(argument))
      throw new UsageError(`${process.name}: improper assignment: -v ${argument}\n`, FAILED)
    found.push({ name: letter, argument, written: `-${letter}` })
  }
  if (words.length === 0 && !found.some(({ name }) => name === 'f'))
    throw new Unsimulated('awk', 'a command line without a program')
  return new ParsedOptions(found, words)
}

const operandsOf = (options: ParsedOptions): readonly string[] =>
  options.has('f') ? options.operands : options.operands.slice(1)

function* programText(process: Process, options: ParsedOptions): Blocking<string> {
  const files = options.values('f')
  if (files.length === 0) return argumentText(options.operands[0] ?? '')
  const texts: string[] = []
  for (const file of files) texts.push(yield* fileText(process, file))
  return texts.join('\n')
}

function* fileText(process: Process, path: string): Blocking<string> {
  try {
    const fd = path === '-' ? 0 : process.open(path, { read: true })
    const bytes = yield* process.readToEnd(fd)
    if (fd !== 0) process.close(fd)
    return String.fromCharCode(...bytes)
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    const shown = mawkRelease(process).isQuotingNames ? `"${path}"` : path
    throw new AwkFailure(`cannot open ${shown} (${strerror(error.errno)})`)
  }
}

/** Regular expressions that stand in a program are compiled before it runs. */
function checkExpressions(value: unknown, release: MawkRelease): void {
  if (value instanceof Map) {
    for (const item of value.values()) checkExpressions(item, release)
    return
  }
  if (typeof value !== 'object' || value === null) return
  for (const item of Object.values(value)) checkExpressions(item, release)
  const source = sourceIn(value)
  if (source !== undefined) check(source, release)
}

/** Of a node: the expression between slashes, or the string that is matched with. */
function sourceIn(node: object): string | undefined {
  const of = (item: unknown): string | undefined =>
    typeof item === 'object' && item !== null && 'value' in item && 'type' in item && item.type === 'string'
      ? String(item.value)
      : undefined
  if (!('type' in node)) return undefined
  if (node.type === 'regex' && 'source' in node) return String(node.source)
  if (node.type === 'match' && 'right' in node) return of(node.right)
  if (node.type === 'builtin' && 'name' in node && 'args' in node && Array.isArray(node.args))
    return node.name === 'match'
      ? of(node.args[1])
      : /^g?sub$/.test(String(node.name))
        ? of(node.args[0])
        : undefined
  return undefined
}

function check(source: string, release: MawkRelease): void {
  try {
    regexOf(source, release.hasIntervals)
  } catch (error) {
    if (!(error instanceof RegexError)) throw error
    throw new AwkFailure(`line 1: ${refusal(source, error)}`)
  }
}

function prepare(interpreter: Interpreter, options: ParsedOptions, operands: readonly string[]): void {
  const { process } = interpreter
  const setArray = (
    name: string,
    entries: Iterable<readonly [Value, string]>,
    isFilledInSomeOrder = false,
  ) => {
    const array = new AwkArray(isFilledInSomeOrder)
    for (const [key, value] of entries) array.set(key, interpreter.text, inputValue(argumentText(value)))
    interpreter.define(name, new Cell(undefined, array))
  }
  setArray(
    'ENVIRON',
    [...process.env].map(([name, value]) => [argumentText(name), value] as const),
    true,
  )
  setArray(
    'ARGV',
    [process.name, ...operands].map((word, index) => [index, word] as const),
  )
  interpreter.set('ARGC', operands.length + 1)
  for (const { name, argument = '' } of options.all) {
    if (name === 'F') interpreter.set('FS', unescapeAwk(argumentText(argument)))
    if (name !== 'v') continue
    const equals = argument.indexOf('=')
    const value = unescapeAwk(argumentText(argument.slice(equals + 1)))
    interpreter.set(argument.slice(0, equals), inputValue(value))
  }
}
