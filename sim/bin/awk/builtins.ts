import { Unsimulated } from '../../../src/host/host.ts'
import type { Expression, LeftValue } from '../../formats/awk/program.ts'
import type { Blocking } from '../../scheduler.ts'
import type { Interpreter } from './interpreter.ts'
import { formatAwk } from './printf.ts'
import { replacement, splitText } from './regex.ts'
import { inputValue, type Value } from './value.ts'

/** A function that mawk has (bi_funct.c). */
export function* callBuiltin(awk: Interpreter, name: string, args: readonly Expression[]): Blocking<Value> {
  switch (name) {
    case 'length':
      return yield* length(awk, args)
    case 'split':
      return yield* split(awk, args)
    case 'sub':
    case 'gsub':
      return yield* substitute(awk, args, name === 'gsub')
    case 'match':
      return yield* match(awk, args)
  }
  const values: Value[] = []
  for (const arg of args) values.push(yield* awk.evaluate(arg))
  const blocking = BLOCKING[name]
  if (blocking !== undefined) return yield* blocking(awk, values)
  const simple = SIMPLE[name]
  if (simple === undefined) throw new Unsimulated('awk', `the function ${name}()`)
  return simple(awk, values)
}

type Simple = (awk: Interpreter, values: readonly Value[]) => Value

/** A function of a number; what is no number afterwards has a sign that nobody here knows. */
const numeric =
  (calculate: (number: number) => number): Simple =>
  (awk, [value]) => {
    const result = calculate(awk.number(value))
    if (Number.isNaN(result)) throw new Unsimulated('awk', 'a function whose result is no number')
    return result
  }

const upper = (text: string): string => text.replace(/[a-z]/g, char => char.toUpperCase())
const lower = (text: string): string => text.replace(/[A-Z]/g, char => char.toLowerCase())

const SIMPLE: Readonly<Record<string, Simple>> = {
  index: (awk, [text, part]) => awk.text(text).indexOf(awk.text(part)) + 1,
  substr: (awk, values) => substring(awk, values),
  toupper: (awk, [text]) => upper(awk.text(text)),
  tolower: (awk, [text]) => lower(awk.text(text)),
  sprintf: (awk, [format, ...args]) =>
    formatAwk(awk.text(format), args, { who: 'sprintf', release: awk.release, text: awk.text }),
  int: numeric(Math.trunc),
  sqrt: numeric(Math.sqrt),
  exp: numeric(Math.exp),
  log: numeric(Math.log),
  sin: numeric(Math.sin),
  cos: numeric(Math.cos),
  atan2: (awk, [y, x]) => Math.atan2(awk.number(y), awk.number(x)),
  rand: awk => {
    if (awk.cell(SEED).value !== undefined) throw new Unsimulated('awk', 'rand() after srand()')
    return awk.process.system.random()
  },
  srand: (awk, [seed]) => {
    if (seed === undefined) throw new Unsimulated('awk', 'srand() without a seed')
    const before = awk.cell(SEED).value ?? Math.floor(awk.process.clock.realtimeSeconds)
    awk.cell(SEED).value = awk.number(seed)
    return before
  },
  systime: awk => Math.floor(awk.process.clock.realtimeSeconds),
}

/** No name of a program. */
const SEED = '(seed)'

const BLOCKING: Readonly<Record<string, (awk: Interpreter, values: readonly Value[]) => Blocking<Value>>> = {
  close: (awk, [name]) => awk.streams.close(awk.text(name)),
  system: (awk, [command]) => awk.streams.system(awk.text(command)),
  fflush: (awk, [name]) => awk.streams.flushNamed(name === undefined ? undefined : awk.text(name)),
}

/** bi_substr(): what lies in front of the first character is cut off the length. */
function substring(awk: Interpreter, [value, from, count]: readonly Value[]): string {
  const text = awk.text(value)
  let length = count === undefined ? text.length : Math.trunc(awk.number(count))
  let start = Math.trunc(awk.number(from)) - 1
  if (start < 0) {
    length -= start + 1
    start = 0
  }
  return length <= 0 ? '' : text.slice(start, start + length)
}

function* length(awk: Interpreter, [arg]: readonly Expression[]): Blocking<number> {
  if (arg === undefined) return awk.text(awk.fields.get(0)).length
  if (arg.type === 'variable' && awk.cell(arg.name).hasArray) return awk.cell(arg.name).array.size
  return awk.text(yield* awk.evaluate(arg)).length
}

function* split(awk: Interpreter, [value, target, separator]: readonly Expression[]): Blocking<number> {
  if (value === undefined || target?.type !== 'variable')
    throw new Unsimulated('awk', 'split() into no array')
  const text = awk.text(yield* awk.evaluate(value))
  const by =
    separator === undefined
      ? awk.text(awk.get('FS'))
      : separator.type === 'regex'
        ? separator.source === ''
          ? ''
          : awk.literal(separator.source)
        : awk.text(yield* awk.evaluate(separator))
  const pieces = splitText(text, by, awk.release.hasIntervals)
  awk.cell(target.name).array.load(pieces.map(inputValue))
  return pieces.length
}

function* match(awk: Interpreter, [value, pattern]: readonly Expression[]): Blocking<number> {
  if (value === undefined || pattern === undefined) throw new Unsimulated('awk', 'match() of nothing')
  const text = awk.text(yield* awk.evaluate(value))
  const found = (yield* awk.regex(pattern)).find(text)
  awk.set('RSTART', found === undefined ? 0 : found.start + 1)
  awk.set('RLENGTH', found === undefined ? -1 : found.end - found.start)
  return found === undefined ? 0 : found.start + 1
}

const RECORD: LeftValue = { type: 'field', index: { type: 'number', value: 0 } }

function* substitute(
  awk: Interpreter,
  [pattern, by, where = RECORD]: readonly Expression[],
  isGlobal: boolean,
): Blocking<number> {
  if (pattern === undefined || by === undefined) throw new Unsimulated('awk', 'a substitution of nothing')
  if (where.type !== 'variable' && where.type !== 'element' && where.type !== 'field')
    throw new Unsimulated('awk', 'a substitution in what is no variable')
  const regex = yield* awk.regex(pattern)
  const template = awk.text(yield* awk.evaluate(by))
  const reference = yield* awk.reference(where)
  const text = awk.text(reference.get())
  let out = ''
  let count = 0
  let copied = 0
  let lastEnd = -1
  for (let from = 0; from <= text.length; ) {
    const found = regex.find(text, from)
    if (found === undefined) break
    const isEmpty = found.end === found.start
    if (!isEmpty || found.start !== lastEnd) {
      count++
      out += text.slice(copied, found.start)
      out += replacement(template, text.slice(found.start, found.end), awk.release.isKeepingBackslashes)
      copied = lastEnd = found.end
      if (!isGlobal) break
    }
    from = isEmpty ? found.end + 1 : found.end
  }
  if (count > 0) reference.set(out + text.slice(copied))
  return count
}
