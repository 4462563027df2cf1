import { Unsimulated } from '../../../src/host/host.ts'
import { AwkFailure } from '../../formats/awk/failure.ts'
import type { AwkProgram, AwkRule, Expression, LeftValue, Statement } from '../../formats/awk/program.ts'
import { RegexError } from '../../formats/regex/parse.ts'
import type { Regex } from '../../formats/regex/regex.ts'
import type { Process } from '../../process.ts'
import type { Blocking } from '../../scheduler.ts'
import { AwkArray } from './array.ts'
import { callBuiltin } from './builtins.ts'
import { MainInput } from './main-input.ts'
import { Streams } from './output.ts'
import { formatAwk } from './printf.ts'
import { Fields } from './record.ts'
import { regexOf, splitText } from './regex.ts'
import type { MawkRelease } from './release.ts'
import { inputValue, isTrue, numberText, StrNum, toNumber, type Value } from './value.ts'

/** A name: a value, an array, or neither yet. A parameter that is neither becomes an array together with its argument. */
export class Cell {
  value: Value
  #array: AwkArray | undefined
  readonly #argument: Cell | undefined

  constructor(value?: Value, array?: AwkArray, argument?: Cell) {
    this.value = value
    this.#array = array
    this.#argument = argument
  }

  get hasArray(): boolean {
    return this.#array !== undefined || this.#argument?.hasArray === true
  }

  get array(): AwkArray {
    if (this.value !== undefined) throw new Unsimulated('awk', 'a variable that is used as an array')
    this.#array ??= this.#argument?.array ?? new AwkArray()
    return this.#array
  }
}

/** `exit`: its status, wherever it stands. */
class Exit {
  readonly status: number | undefined

  constructor(status: number | undefined) {
    this.status = status
  }
}

type Completion = 'break' | 'continue' | 'next' | 'nextfile' | 'return' | undefined

const MAX_DEPTH = 1000

/** A program that runs: its variables, its record and what it has open. */
export class Interpreter {
  readonly process: Process
  readonly release: MawkRelease
  readonly streams: Streams
  readonly fields: Fields
  readonly #program: AwkProgram
  readonly #globals = new Map<string, Cell>()
  readonly #input: MainInput
  readonly #ranges = new Set<AwkRule>()
  readonly #literals = new Map<string, Regex>()
  #locals: ReadonlyMap<string, Cell> | undefined
  #depth = 0
  #returned: Value

  constructor(process: Process, program: AwkProgram, release: MawkRelease) {
    this.process = process
    this.#program = program
    this.release = release
    this.streams = new Streams(process, release)
    this.fields = new Fields({
      split: text => splitText(text, this.text(this.get('FS')), this.release.hasIntervals),
      text: value => this.text(value),
      separator: () => this.text(this.get('OFS')),
    })
    for (const [name, value] of Object.entries(DEFAULTS)) this.#globals.set(name, new Cell(value))
    this.#input = new MainInput(this)
  }

  /** A value as text, by CONVFMT. */
  readonly text = (value: Value): string => this.#textBy(value, 'CONVFMT')

  #textBy(value: Value, format: 'CONVFMT' | 'OFMT'): string {
    if (typeof value === 'string') return value
    if (value === undefined) return ''
    if (value instanceof StrNum) return value.text
    return numberText(value, number => this.#format(this.text(this.get(format)), number), this.release)
  }

  #format(format: string, number: number): string {
    if (!/^[^%]*%[-+ #0]*\d*(?:\.\d+)?[efgEGd][^%]*$/.test(format))
      throw new Unsimulated('awk', `the format ${format} for numbers`)
    return formatAwk(format, [number], { who: 'printf', release: this.release, text: this.text })
  }

  number(value: Value): number {
    return toNumber(value, this.release)
  }

  cell(name: string): Cell {
    const known = this.#locals?.get(name) ?? this.#globals.get(name)
    if (known !== undefined) return known
    const cell = new Cell()
    this.#globals.set(name, cell)
    return cell
  }

  /** A variable that the program finds there. */
  define(name: string, cell: Cell): void {
    this.#globals.set(name, cell)
  }

  get(name: string): Value {
    return name === 'NF' && !this.#locals?.has('NF') ? this.fields.count : this.cell(name).value
  }

  /** An assignment to a variable; those that tell how input falls apart take effect with the next record. */
  set(name: string, value: Value): void {
    if (/^(?:NF|FS|RS|OFMT|CONVFMT)$/.test(name)) this.fields.split()
    if (name === 'NF') this.fields.setCount(value, Math.trunc(this.number(value)))
    else {
      const cell = this.cell(name)
      if (cell.hasArray) throw new Unsimulated('awk', `the array ${name} as a variable`)
      cell.value = value
    }
  }

  /** The exit status. */
  *run(): Blocking<number> {
    let status = 0
    const sections = [() => this.#begin(), () => this.#main(), () => this.#end()]
    for (const [index, section] of sections.entries())
      try {
        yield* section()
      } catch (error) {
        if (!(error instanceof Exit)) throw error
        status = error.status ?? status
        if (index === 2) break
        yield* this.#endAfterExit(value => {
          status = value ?? status
        })
        break
      }
    yield* this.streams.closeAll()
    return status & 0xff
  }

  *#endAfterExit(onExit: (status: number | undefined) => void): Blocking<void> {
    try {
      yield* this.#rulesOf('END')
    } catch (error) {
      if (!(error instanceof Exit)) throw error
      onExit(error.status)
    }
  }

  *#begin(): Blocking<void> {
    yield* this.#rulesOf('BEGIN')
  }

  *#end(): Blocking<void> {
    yield* this.#rulesOf('END')
  }

  *#rulesOf(section: 'BEGIN' | 'END'): Blocking<void> {
    for (const { pattern, action } of this.#program.rules)
      if (pattern === section && action !== undefined) yield* this.#execute(action)
  }

  *#main(): Blocking<void> {
    const rules = this.#program.rules.filter(({ pattern }) => pattern !== 'BEGIN')
    if (rules.length === 0) return
    const main = rules.filter(({ pattern }) => pattern !== 'END')
    for (;;) {
      const record = yield* this.#input.next()
      if (record === undefined) return
      this.fields.setRecord(inputValue(record))
      for (const rule of main) {
        const completion = yield* this.#applyRule(rule)
        if (completion === 'nextfile') this.#input.skipFile()
        if (completion !== undefined) break
      }
    }
  }

  *#applyRule(rule: AwkRule): Blocking<Completion> {
    if (!(yield* this.#applies(rule))) return undefined
    if (rule.action !== undefined) return yield* this.#execute(rule.action)
    yield* this.streams.print(this.text(this.fields.get(0)) + this.text(this.get('ORS')))
    return undefined
  }

  *#applies(rule: AwkRule): Blocking<boolean> {
    const { pattern, until } = rule
    if (pattern === undefined || typeof pattern === 'string') return true
    if (until === undefined) return isTrue(yield* this.evaluate(pattern))
    if (!this.#ranges.has(rule)) {
      if (!isTrue(yield* this.evaluate(pattern))) return false
      this.#ranges.add(rule)
    }
    if (isTrue(yield* this.evaluate(until))) this.#ranges.delete(rule)
    return true
  }

  *#execute(statement: Statement): Blocking<Completion> {
    switch (statement.type) {
      case 'block':
        for (const item of statement.body) {
          const completion = yield* this.#execute(item)
          if (completion !== undefined) return completion
        }
        return undefined
      case 'expression':
        yield* this.evaluate(statement.value)
        return undefined
      case 'print':
        yield* this.#print(statement)
        return undefined
      case 'if':
        if (isTrue(yield* this.evaluate(statement.test))) return yield* this.#execute(statement.yes)
        return statement.no === undefined ? undefined : yield* this.#execute(statement.no)
      case 'while':
        return yield* this.#loop({ ...statement, isFirstFree: false })
      case 'do':
        return yield* this.#loop({ ...statement, isFirstFree: true })
      case 'for':
        if (statement.first !== undefined) yield* this.evaluate(statement.first)
        return yield* this.#loop({ ...statement, isFirstFree: false })
      case 'for-in':
        return yield* this.#forIn(statement)
      case 'delete':
        yield* this.#delete(statement)
        return undefined
      case 'exit': {
        const value = statement.value === undefined ? undefined : yield* this.evaluate(statement.value)
        throw new Exit(statement.value === undefined ? undefined : Math.trunc(this.number(value)))
      }
      case 'return':
        this.#returned = statement.value === undefined ? undefined : yield* this.evaluate(statement.value)
        return 'return'
      default:
        return statement.type
    }
  }

  *#loop(loop: {
    readonly test: Expression | undefined
    readonly step?: Expression | undefined
    readonly body: Statement
    readonly isFirstFree: boolean
  }): Blocking<Completion> {
    for (let isFree = loop.isFirstFree; ; isFree = false) {
      if (!isFree && loop.test !== undefined && !isTrue(yield* this.evaluate(loop.test))) return undefined
      const completion = yield* this.#execute(loop.body)
      if (completion === 'break') return undefined
      if (completion !== undefined && completion !== 'continue') return completion
      if (loop.step !== undefined) yield* this.evaluate(loop.step)
    }
  }

  *#forIn(statement: Statement & { readonly type: 'for-in' }): Blocking<Completion> {
    for (const key of this.cell(statement.name).array.keys()) {
      this.set(statement.variable, key)
      const completion = yield* this.#execute(statement.body)
      if (completion === 'break') return undefined
      if (completion !== undefined && completion !== 'continue') return completion
    }
    return undefined
  }

  *#delete({ name, index }: Statement & { readonly type: 'delete' }): Blocking<void> {
    const { array } = this.cell(name)
    if (index === undefined) array.clear()
    else array.delete(yield* this.#key(index), this.text)
  }

  *#print({ isFormatted, args, to }: Statement & { readonly type: 'print' }): Blocking<void> {
    const values: Value[] = []
    for (const arg of args) values.push(yield* this.evaluate(arg))
    const target =
      to === undefined ? undefined : { kind: to.kind, name: this.text(yield* this.evaluate(to.target)) }
    yield* this.streams.print(isFormatted ? this.#formatted(values) : this.#line(values), target)
  }

  #formatted([format, ...args]: readonly Value[]): string {
    return formatAwk(this.text(format), args, { who: 'printf', release: this.release, text: this.text })
  }

  #line(values: readonly Value[]): string {
    const shown = values.length === 0 ? [this.fields.get(0)] : values
    const texts = shown.map(value => this.#textBy(value, 'OFMT'))
    return texts.join(this.#textBy(this.get('OFS'), 'OFMT')) + this.#textBy(this.get('ORS'), 'OFMT')
  }

  /** The value of an expression. */
  *evaluate(expression: Expression): Blocking<Value> {
    switch (expression.type) {
      case 'number':
      case 'string':
        return expression.value
      case 'regex':
        return this.literal(expression.source).test(this.text(this.fields.get(0))) ? 1 : 0
      case 'variable':
      case 'element':
      case 'field':
        return (yield* this.reference(expression)).get()
      case 'assign':
        return yield* this.#assign(expression)
      case 'conditional':
        return yield* this.evaluate(
          isTrue(yield* this.evaluate(expression.test)) ? expression.yes : expression.no,
        )
      case 'logical': {
        const left = isTrue(yield* this.evaluate(expression.left))
        if (left === expression.isOr) return left ? 1 : 0
        return isTrue(yield* this.evaluate(expression.right)) ? 1 : 0
      }
      case 'in':
        return this.cell(expression.name).array.has(yield* this.#key(expression.index), this.text) ? 1 : 0
      case 'match': {
        const text = this.text(yield* this.evaluate(expression.left))
        return (yield* this.regex(expression.right)).test(text) !== expression.isNegated ? 1 : 0
      }
      case 'compare': {
        const left = yield* this.evaluate(expression.left)
        return this.#compare(expression.operator, left, yield* this.evaluate(expression.right)) ? 1 : 0
      }
      case 'arithmetic': {
        const left = this.number(yield* this.evaluate(expression.left))
        return calculate(expression.operator, left, this.number(yield* this.evaluate(expression.right)))
      }
      case 'concatenate': {
        const left = this.text(yield* this.evaluate(expression.left))
        return left + this.text(yield* this.evaluate(expression.right))
      }
      case 'unary':
        return this.#unary(expression.operator, yield* this.evaluate(expression.operand))
      case 'increment': {
        const reference = yield* this.reference(expression.target)
        const before = this.number(reference.get())
        reference.set(before + expression.by)
        return expression.isPrefix ? before + expression.by : before
      }
      case 'call':
        return yield* this.#call(expression.name, expression.args)
      case 'builtin':
        return yield* callBuiltin(this, expression.name, expression.args)
      case 'getline':
        return yield* this.#getline(expression)
    }
  }

  #unary(operator: string, operand: Value): Value {
    if (operator === '(') return operand
    if (operator === '!') return isTrue(operand) ? 0 : 1
    return operator === '-' ? -this.number(operand) : this.number(operand)
  }

  *#assign({ target, operator, value }: Expression & { readonly type: 'assign' }): Blocking<Value> {
    const reference = yield* this.reference(target)
    const given = yield* this.evaluate(value)
    const result =
      operator === '' ? given : calculate(operator, this.number(reference.get()), this.number(given))
    reference.set(result)
    return result
  }

  /** Where a value can be put. */
  *reference(target: LeftValue): Blocking<{ get(): Value; set(value: Value): void }> {
    if (target.type === 'variable') {
      const { name } = target
      return { get: () => this.#scalar(name), set: value => this.set(name, value) }
    }
    if (target.type === 'element') {
      const { array } = this.cell(target.name)
      const key = yield* this.#key(target.index)
      return { get: () => array.get(key, this.text), set: value => array.set(key, this.text, value) }
    }
    const index = this.#fieldIndex(yield* this.evaluate(target.index))
    return { get: () => this.fields.get(index), set: value => this.fields.set(index, value) }
  }

  #scalar(name: string): Value {
    if (name !== 'NF' && this.cell(name).hasArray)
      throw new Unsimulated('awk', `the array ${name} as a variable`)
    return this.get(name)
  }

  #fieldIndex(value: Value): number {
    const index = Math.trunc(this.number(value))
    if (index < 0) throw new AwkFailure(`negative field index $${this.text(this.number(value))}`, true)
    return index
  }

  *#key(index: readonly Expression[]): Blocking<Value> {
    const [only] = index
    if (index.length === 1 && only !== undefined) {
      const value = yield* this.evaluate(only)
      return value instanceof StrNum ? value.text : value
    }
    const parts: string[] = []
    for (const item of index) parts.push(this.text(yield* this.evaluate(item)))
    return parts.join(this.text(this.get('SUBSEP')))
  }

  /** compare() of execute.c: as numbers unless one of the two is a string. */
  #compare(operator: string, left: Value, right: Value): boolean {
    const isText = typeof left === 'string' || typeof right === 'string'
    const [a, b] = isText ? [this.text(left), this.text(right)] : [this.number(left), this.number(right)]
    switch (operator) {
      case '<':
        return a < b
      case '<=':
        return a <= b
      case '==':
        return a === b
      case '!=':
        return a !== b
      case '>':
        return a > b
      default:
        return a >= b
    }
  }

  /** A regular expression: between slashes, or whatever a value is as text. */
  *regex(expression: Expression): Blocking<Regex> {
    if (expression.type === 'regex') return this.literal(expression.source)
    if (expression.type === 'string') return this.literal(expression.value)
    const source = this.text(yield* this.evaluate(expression))
    try {
      return regexOf(source, this.release.hasIntervals)
    } catch (error) {
      if (!(error instanceof RegexError)) throw error
      throw new AwkFailure(refusal(source, error), true)
    }
  }

  /** One that stands in the program, which is compiled before it starts. */
  literal(source: string): Regex {
    const known = this.#literals.get(source) ?? regexOf(source, this.release.hasIntervals)
    this.#literals.set(source, known)
    return known
  }

  *#call(name: string, args: readonly Expression[]): Blocking<Value> {
    const called = this.#program.functions.get(name)
    if (called === undefined) throw new Unsimulated('awk', `the function ${name}`)
    if (args.length > called.parameters.length) throw new Unsimulated('awk', `too many arguments of ${name}`)
    if (++this.#depth > MAX_DEPTH) throw new Unsimulated('awk', 'so deep a recursion')
    const locals = new Map<string, Cell>()
    for (const [index, parameter] of called.parameters.entries()) {
      const arg = args[index]
      locals.set(parameter, arg === undefined ? new Cell() : yield* this.#argument(arg))
    }
    const outer = this.#locals
    this.#locals = locals
    this.#returned = undefined
    try {
      const completion = yield* this.#execute(called.body)
      const result = completion === 'return' ? this.#returned : undefined
      this.#returned = undefined
      return result
    } finally {
      this.#locals = outer
      this.#depth--
    }
  }

  *#argument(arg: Expression): Blocking<Cell> {
    if (arg.type !== 'variable' || arg.name === 'NF') return new Cell(yield* this.evaluate(arg))
    const cell = this.cell(arg.name)
    if (cell.hasArray) return new Cell(undefined, cell.array)
    return cell.value === undefined ? new Cell(undefined, undefined, cell) : new Cell(cell.value)
  }

  *#getline({ from, source, target }: Expression & { readonly type: 'getline' }): Blocking<Value> {
    const name = source === undefined ? '' : this.text(yield* this.evaluate(source))
    const reference =
      target === undefined
        ? { set: (value: Value) => this.fields.setRecord(value) }
        : yield* this.reference(target)
    const input = from === 'main' ? this.#input : yield* this.streams.input(from, name)
    if (input === undefined) return -1
    const record =
      input instanceof MainInput
        ? yield* input.next()
        : yield* input.next(this.text(this.get('RS')), this.release.hasIntervals)
    if (record === undefined) return 0
    reference.set(inputValue(record))
    return 1
  }
}

/** What a regular expression is refused with. */
export const refusal = (source: string, error: RegexError): string =>
  `regular expression compile failed (${error.message})\n${source}`

const DEFAULTS: Readonly<Record<string, Value>> = {
  CONVFMT: '%.6g',
  FILENAME: undefined,
  FNR: 0,
  FS: ' ',
  NR: 0,
  OFMT: '%.6g',
  OFS: ' ',
  ORS: '\n',
  RLENGTH: -1,
  RS: '\n',
  RSTART: 0,
  SUBSEP: '\x1c',
}

function calculate(operator: string, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    case '%':
      return left % right
    default:
      return left ** right
  }
}
