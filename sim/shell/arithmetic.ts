import type { Blocking } from '../scheduler.ts'

/** What an expression may ask of the shell that it is evaluated in. */
export interface ArithmeticScope {
  readonly isDash: boolean
  /** The text of a variable or of an array's element; undefined where unset. May fail under nounset. */
  read(name: string, subscript: string | undefined): Blocking<string | undefined>
  assign(name: string, subscript: string | undefined, value: bigint): Blocking<void>
}

/** An expression that is wrong, in the shell's words without the prefix. */
export class ArithmeticError extends Error {
  override readonly name = 'ArithmeticError'
}

type Token = {
  readonly kind: 'number' | 'name' | 'operator' | 'end'
  readonly text: string
  readonly at: number
}

interface Operand {
  readonly value: bigint
  /** Where it can be assigned to. */
  readonly target?: { readonly name: string; readonly subscript: string | undefined }
}

const OPERATORS =
  /^(?:<<=|>>=|\*\*|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||\+=|-=|\*=|\/=|%=|&=|\^=|\|=|[-+*/%<>!~&^|?:=,()])/

/** Precedence of binary operators, expr.c of bash; higher binds closer. */
const PRECEDENCE: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '>': 7,
  '<=': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
  '**': 11,
}

const ASSIGNMENTS = ['=', '+=', '-=', '*=', '/=', '%=', '<<=', '>>=', '&=', '^=', '|=']

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value)
const truth = (value: boolean): bigint => (value ? 1n : 0n)

/** The value of an arithmetic expression whose `$` were expanded before: 64 bits, signed, wrapping. */
export function* evaluateArithmetic(text: string, scope: ArithmeticScope, depth = 0): Blocking<bigint> {
  if (/^\s*$/.test(text)) return 0n
  if (/^[1-9]\d{0,15}$|^0$/.test(text)) return BigInt(text)
  return yield* new Evaluation(text, scope, depth).run()
}

class Evaluation {
  readonly #text: string
  readonly #scope: ArithmeticScope
  readonly #depth: number
  #at = 0
  #token: Token = { kind: 'end', text: '', at: 0 }
  /** Inside the branch that is not taken, nothing is assigned and nothing divides. */
  #skipping = 0

  constructor(text: string, scope: ArithmeticScope, depth: number) {
    this.#text = text
    this.#scope = scope
    this.#depth = depth
    if (depth > 1024) throw this.#error('expression recursion level exceeded')
  }

  *run(): Blocking<bigint> {
    this.#advance()
    const value = yield* this.#comma()
    if (this.#token.kind !== 'end') throw this.#syntax('syntax error in expression', this.#token.at)
    return value
  }

  *#comma(): Blocking<bigint> {
    let { value } = yield* this.#assignment()
    while (!this.#scope.isDash && this.#takes(',')) ({ value } = yield* this.#assignment())
    return value
  }

  *#assignment(): Blocking<Operand> {
    const left = yield* this.#conditional()
    const operator = this.#token.text
    if (this.#token.kind !== 'operator' || !ASSIGNMENTS.includes(operator)) return left
    if (left.target === undefined) throw this.#syntax('attempted assignment to non-variable', this.#token.at)
    this.#advance()
    const right = yield* this.#assignment()
    const value =
      operator === '=' ? right.value : this.#binary(operator.slice(0, -1), left.value, right.value)
    yield* this.#store(left.target, value)
    return { value }
  }

  *#conditional(): Blocking<Operand> {
    const condition = yield* this.#operation(1)
    if (!this.#takes('?')) return condition
    const isTrue = condition.value !== 0n
    const whenTrue = yield* this.#unless(!isTrue, () => this.#comma())
    if (!this.#takes(':')) throw this.#syntax("`:' expected for conditional expression", this.#token.at)
    const whenFalse = yield* this.#unless(isTrue, () => this.#conditional())
    return { value: isTrue ? whenTrue : typeof whenFalse === 'bigint' ? whenFalse : whenFalse.value }
  }

  *#operation(least: number): Blocking<Operand> {
    let left = yield* this.#unary()
    for (;;) {
      const operator = this.#token.text
      const precedence = this.#token.kind === 'operator' ? PRECEDENCE[operator] : undefined
      if (precedence === undefined || precedence < least || (operator === '**' && this.#scope.isDash))
        return left
      this.#advance()
      const isDecided = (operator === '&&' && left.value === 0n) || (operator === '||' && left.value !== 0n)
      const next = operator === '**' ? precedence : precedence + 1
      const at = this.#token.at
      const right = yield* this.#unless(isDecided, () => this.#operation(next))
      left = { value: this.#binary(operator, left.value, right.value, at) }
    }
  }

  *#unless<T>(isSkipped: boolean, body: () => Blocking<T>): Blocking<T> {
    if (isSkipped) this.#skipping++
    const value = yield* body()
    if (isSkipped) this.#skipping--
    return value
  }

  *#unary(): Blocking<Operand> {
    const { text, kind } = this.#token
    if (kind !== 'operator') return yield* this.#postfix()
    if ((text === '++' || text === '--') && !this.#scope.isDash) {
      this.#advance()
      const { target, value } = yield* this.#unary()
      // Before a number they are two signs.
      if (target === undefined) return { value }
      const changed = wrap(value + (text === '++' ? 1n : -1n))
      yield* this.#store(target, changed)
      return { value: changed }
    }
    if (!['+', '-', '!', '~', '++', '--'].includes(text)) return yield* this.#postfix()
    this.#advance()
    const { value } = yield* this.#unary()
    if (text === '-') return { value: wrap(-value) }
    if (text === '!') return { value: truth(value === 0n) }
    if (text === '~') return { value: ~value }
    return { value }
  }

  *#postfix(): Blocking<Operand> {
    const operand = yield* this.#primary()
    const { text, kind } = this.#token
    if (kind !== 'operator' || (text !== '++' && text !== '--') || operand.target === undefined)
      return operand
    if (this.#scope.isDash) throw this.#operandExpected()
    this.#advance()
    yield* this.#store(operand.target, wrap(operand.value + (text === '++' ? 1n : -1n)))
    return { value: operand.value }
  }

  *#primary(): Blocking<Operand> {
    const { kind, text } = this.#token
    if (kind === 'number') {
      const value = this.#number(text)
      this.#advance()
      return { value }
    }
    if (kind === 'name') return yield* this.#variable(text)
    if (this.#takes('(')) {
      const value = yield* this.#comma()
      if (!this.#takes(')')) throw this.#syntax("missing `)'", this.#token.at)
      return { value }
    }
    throw this.#operandExpected()
  }

  *#variable(name: string): Blocking<Operand> {
    let subscript: string | undefined
    if (this.#text[this.#at] === '[' && !this.#scope.isDash) {
      const end = closingBracket(this.#text, this.#at)
      if (end < 0) throw this.#syntax('bad array subscript', this.#token.at)
      subscript = this.#text.slice(this.#at + 1, end)
      this.#at = end + 1
    }
    this.#advance()
    const target = { name, subscript }
    // A plain assignment does not read its left side.
    if (this.#token.text === '=' || this.#skipping > 0) return { value: 0n, target }
    const text = (yield* this.#scope.read(name, subscript)) ?? ''
    return { value: yield* this.#valueOf(text), target }
  }

  /** In bash a variable's text is an expression again; in dash it must be a number. */
  *#valueOf(text: string): Blocking<bigint> {
    if (!this.#scope.isDash) return yield* evaluateArithmetic(text, this.#scope, this.#depth + 1)
    if (text === '') return 0n
    if (!/^\s*[-+]?(0[xX][0-9a-fA-F]+|\d+)\s*$/.test(text))
      throw new ArithmeticError(`Illegal number: ${text}`)
    const isNegative = text.trim().startsWith('-')
    const value = this.#number(text.trim().replace(/^[-+]/, ''))
    return isNegative ? -value : value
  }

  *#store(target: NonNullable<Operand['target']>, value: bigint): Blocking<void> {
    if (this.#skipping === 0) yield* this.#scope.assign(target.name, target.subscript, value)
  }

  #binary(operator: string, left: bigint, right: bigint, at = this.#at): bigint {
    const isZero = right === 0n && (operator === '/' || operator === '%')
    if (isZero && this.#skipping > 0) return 0n
    if (isZero) throw this.#syntax('division by 0', at, this.#scope.isDash ? 'division by zero' : undefined)
    if (operator === '**' && right < 0n) throw this.#syntax('exponent less than 0', at)
    return wrap(BINARY[operator]?.(left, right) ?? 0n)
  }

  #number(text: string): bigint {
    const based = /^(\d+)#(.*)$/.exec(text)
    if (based !== null) return this.#inBase(Number(based[1]), based[2] ?? '', text)
    if (/^0[xX]/.test(text)) return this.#inBase(16, text.slice(2), text)
    if (/^0\d/.test(text)) return this.#inBase(8, text.slice(1), text)
    return this.#inBase(10, text, text)
  }

  #inBase(base: number, digits: string, text: string): bigint {
    if (base < 2 || base > 64) throw this.#bad('invalid arithmetic base', text)
    let value = 0n
    for (const digit of digits) {
      const worth = digitValue(digit, base)
      if (worth < 0 || worth >= base) throw this.#bad('value too great for base', text)
      value = value * BigInt(base) + BigInt(worth)
    }
    return wrap(value)
  }

  #takes(operator: string): boolean {
    if (this.#token.kind !== 'operator' || this.#token.text !== operator) return false
    this.#advance()
    return true
  }

  #advance(): void {
    while (/\s/.test(this.#text[this.#at] ?? 'x')) this.#at++
    this.#token = this.#scan(this.#text.slice(this.#at), this.#at)
    this.#at += this.#token.text.length
  }

  #scan(rest: string, at: number): Token {
    if (rest === '') return { kind: 'end', text: '', at }
    const number = (this.#scope.isDash ? /^(0[xX][0-9a-fA-F]+|\d+)/ : /^\d[\w#@]*/).exec(rest)?.[0]
    if (number !== undefined) return { kind: 'number', text: number, at }
    const name = /^[A-Za-z_]\w*/.exec(rest)?.[0]
    if (name !== undefined) return { kind: 'name', text: name, at }
    const operator = OPERATORS.exec(rest)?.[0]
    if (operator !== undefined) return { kind: 'operator', text: operator, at }
    if (this.#scope.isDash) throw this.#dashError('expecting EOF')
    const isQuote = rest.startsWith('"') || rest.startsWith("'")
    throw this.#syntax(`syntax error: ${isQuote ? 'operand expected' : 'invalid arithmetic operator'}`, at)
  }

  #operandExpected(): ArithmeticError {
    if (this.#scope.isDash) return this.#dashError('expecting primary')
    const { kind, at } = this.#token
    return this.#syntax('syntax error: operand expected', kind === 'end' ? this.#lastTokenAt() : at)
  }

  /** bash points to the last token where an operand is missing at the end. */
  #lastTokenAt(): number {
    const match = /\S+\s*$/.exec(this.#text)
    const word = match?.[0] ?? ''
    const operator = /[^\w\s]+\s*$/.exec(word)?.[0] ?? word
    return this.#text.length - operator.length
  }

  #syntax(what: string, at: number, dash = what): ArithmeticError {
    if (this.#scope.isDash) return dash === what ? this.#dashError('expecting EOF') : this.#dashError(dash)
    return this.#bad(what, this.#text.slice(at))
  }

  #bad(what: string, token: string): ArithmeticError {
    return new ArithmeticError(`${this.#text.trimStart()}: ${what} (error token is "${token}")`)
  }

  #error(what: string): ArithmeticError {
    return new ArithmeticError(`${this.#text}: ${what}`)
  }

  #dashError(what: string): ArithmeticError {
    return new ArithmeticError(`arithmetic expression: ${what}: "${this.#text}"`)
  }
}

const BINARY: Readonly<Record<string, (left: bigint, right: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
  '<<': (a, b) => a << (b & 63n),
  '>>': (a, b) => a >> (b & 63n),
  '<': (a, b) => truth(a < b),
  '>': (a, b) => truth(a > b),
  '<=': (a, b) => truth(a <= b),
  '>=': (a, b) => truth(a >= b),
  '==': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  '&': (a, b) => a & b,
  '^': (a, b) => a ^ b,
  '|': (a, b) => a | b,
  '&&': (a, b) => truth(a !== 0n && b !== 0n),
  '||': (a, b) => truth(a !== 0n || b !== 0n),
}

/** Digits of bases up to 64: 0-9, a-z, A-Z, @, _; up to base 36 the letters' case does not matter. */
function digitValue(digit: string, base: number): number {
  if (/\d/.test(digit)) return Number(digit)
  if (/[a-z]/.test(digit)) return digit.charCodeAt(0) - 87
  if (/[A-Z]/.test(digit)) return digit.charCodeAt(0) - (base <= 36 ? 55 : 29)
  return digit === '@' ? 62 : digit === '_' ? 63 : -1
}

function closingBracket(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '[') depth++
    if (text[at] === ']' && --depth === 0) return at
  }
  return -1
}
