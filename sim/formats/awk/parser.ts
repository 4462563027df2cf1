import { Unsimulated } from '../../../src/host/host.ts'
import { type Token, type TokenType, tokensOf } from './lexer.ts'
import type {
  AwkFunction,
  AwkProgram,
  AwkRule,
  Expression,
  LeftValue,
  Redirection,
  Statement,
} from './program.ts'

/** What of awk's words is followed by an assignment. */
const ASSIGNMENTS = ['=', '+=', '-=', '*=', '/=', '%=', '^=']
const COMPARISONS = ['<', '<=', '==', '!=', '>', '>=']

/**
 * A program's text as mawk's grammar reads it (parse.y): `"a" "b" | getline` takes `"b"` alone, `1 " " -1` subtracts.
 * A program with a mistake is `Unsimulated`, since mawk goes on after the first and may find more.
 */
export function parseAwk(source: string): AwkProgram {
  return new Parser(tokensOf(source)).program()
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #functions = new Map<string, AwkFunction>()
  readonly #called = new Set<string>()
  #at = 0
  /** Inside a print outside of parentheses `>` and `|` redirect. */
  #isPrinting = false
  #function: string | undefined
  #section: 'BEGIN' | 'END' | 'main' | 'function' = 'main'

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  program(): AwkProgram {
    const rules: AwkRule[] = []
    this.#separators()
    while (!this.#is('end', '')) {
      if (this.#is('keyword', 'function')) this.#definition()
      else rules.push(this.#rule())
      this.#separators()
    }
    if (rules.length === 0 && this.#functions.size === 0)
      throw new Unsimulated('awk', 'a program without rules')
    for (const name of this.#called)
      if (!this.#functions.has(name)) throw new Unsimulated('awk', `a function that is not defined: ${name}`)
    return { rules, functions: this.#functions }
  }

  get #token(): Token {
    return this.#tokens[this.#at] ?? { type: 'end', text: '' }
  }

  #peek(offset: number): Token {
    return this.#tokens[this.#at + offset] ?? { type: 'end', text: '' }
  }

  #is(type: TokenType, text: string): boolean {
    return this.#token.type === type && this.#token.text === text
  }

  #isOperator(...texts: readonly string[]): boolean {
    return this.#token.type === 'operator' && texts.includes(this.#token.text)
  }

  #take(type: TokenType, text: string): boolean {
    if (!this.#is(type, text)) return false
    this.#at++
    return true
  }

  #need(text: string): void {
    if (!this.#take('operator', text)) this.#wrong()
  }

  #wrong(): never {
    throw new Unsimulated('awk', `a program with a mistake, near ${JSON.stringify(this.#token.text)}`)
  }

  #name(): string {
    const { type, text } = this.#token
    if (type !== 'name' && type !== 'function-name') this.#wrong()
    this.#at++
    return text
  }

  #newlines(): void {
    while (this.#token.type === 'newline') this.#at++
  }

  #separators(): void {
    while (this.#token.type === 'newline' || this.#isOperator(';')) this.#at++
  }

  #definition(): void {
    this.#at++
    const name = this.#name()
    const parameters: string[] = []
    this.#need('(')
    while (!this.#take('operator', ')')) {
      if (parameters.length > 0) this.#need(',')
      this.#newlines()
      parameters.push(this.#name())
      if (parameters.at(-1) === name) this.#wrong()
    }
    this.#newlines()
    this.#function = name
    this.#section = 'function'
    if (this.#functions.has(name)) this.#wrong()
    this.#functions.set(name, { name, parameters, body: this.#block() })
    this.#function = undefined
  }

  #rule(): AwkRule {
    for (const section of ['BEGIN', 'END'] as const)
      if (this.#take('keyword', section)) {
        this.#section = section
        return { pattern: section, until: undefined, action: this.#block() }
      }
    this.#section = 'main'
    const pattern = this.#isOperator('{') ? undefined : this.#expression()
    const until = pattern !== undefined && this.#takeComma() ? this.#expression() : undefined
    if (this.#isOperator('{')) return { pattern, until, action: this.#block() }
    if (!this.#isOperator(';') && this.#token.type !== 'newline') this.#wrong()
    return { pattern, until, action: undefined }
  }

  #takeComma(): boolean {
    if (!this.#take('operator', ',')) return false
    this.#newlines()
    return true
  }

  #block(): Statement {
    this.#need('{')
    const body: Statement[] = []
    this.#separators()
    while (!this.#take('operator', '}')) {
      if (this.#token.type === 'end') this.#wrong()
      body.push(this.#statement())
      this.#separators()
    }
    return { type: 'block', body }
  }

  /** The end of a simple statement: a newline, a semicolon, or the brace behind it. */
  #end<T extends Statement>(statement: T): T {
    if (this.#token.type === 'newline' || this.#isOperator(';')) this.#at++
    else if (!this.#isOperator('}')) this.#wrong()
    return statement
  }

  #statement(): Statement {
    if (this.#isOperator('{')) return this.#block()
    if (this.#take('operator', ';')) return { type: 'block', body: [] }
    const { type, text } = this.#token
    if (type !== 'keyword') return this.#end({ type: 'expression', value: this.#expression() })
    this.#at++
    switch (text) {
      case 'if':
        return this.#if()
      case 'while': {
        const test = this.#condition()
        return { type: 'while', test, body: this.#body() }
      }
      case 'do':
        return this.#do()
      case 'for':
        return this.#for()
      case 'print':
      case 'printf':
        return this.#end(this.#print(text === 'printf'))
      case 'delete':
        return this.#end(this.#delete())
      case 'break':
      case 'continue':
        return this.#end({ type: text })
      case 'next':
      case 'nextfile':
        if (this.#section !== 'main') this.#wrong()
        return this.#end({ type: text })
      case 'exit':
      case 'return':
        if (text === 'return' && this.#function === undefined) this.#wrong()
        return this.#end({ type: text, value: this.#isAtEnd() ? undefined : this.#expression() })
      default:
        this.#at--
        return this.#end({ type: 'expression', value: this.#expression() })
    }
  }

  #isAtEnd(): boolean {
    return this.#token.type === 'newline' || this.#isOperator(';', '}')
  }

  #condition(): Expression {
    this.#need('(')
    const test = this.#inParentheses(() => this.#expression())
    this.#need(')')
    return test
  }

  #inParentheses<T>(parse: () => T): T {
    const wasPrinting = this.#isPrinting
    this.#isPrinting = false
    const parsed = parse()
    this.#isPrinting = wasPrinting
    return parsed
  }

  #body(): Statement {
    this.#newlines()
    return this.#statement()
  }

  #if(): Statement {
    const test = this.#condition()
    const yes = this.#body()
    const before = this.#at
    this.#separators()
    if (this.#take('keyword', 'else')) return { type: 'if', test, yes, no: this.#body() }
    this.#at = before
    return { type: 'if', test, yes, no: undefined }
  }

  #do(): Statement {
    const body = this.#body()
    this.#separators()
    if (!this.#take('keyword', 'while')) this.#wrong()
    return this.#end({ type: 'do', body, test: this.#condition() })
  }

  #for(): Statement {
    this.#need('(')
    if (this.#peek(1).text === 'in' && this.#peek(1).type === 'keyword' && this.#peek(3).text === ')') {
      const variable = this.#name()
      this.#at++
      const name = this.#name()
      this.#need(')')
      return { type: 'for-in', variable, name, body: this.#body() }
    }
    const part = (end: string): Expression | undefined => {
      const value = this.#isOperator(end) ? undefined : this.#inParentheses(() => this.#expression())
      this.#need(end)
      this.#newlines()
      return value
    }
    const first = part(';')
    const test = part(';')
    const step = part(')')
    return { type: 'for', first, test, step, body: this.#body() }
  }

  #delete(): Statement {
    const name = this.#name()
    return { type: 'delete', name, index: this.#isOperator('[') ? this.#index() : undefined }
  }

  #index(): readonly Expression[] {
    this.#need('[')
    const index = this.#inParentheses(() => this.#list())
    this.#need(']')
    return index
  }

  #list(): Expression[] {
    const items = [this.#expression()]
    while (this.#takeComma()) items.push(this.#expression())
    return items
  }

  #print(isFormatted: boolean): Statement {
    this.#isPrinting = true
    const args = this.#printed()
    this.#isPrinting = false
    return { type: 'print', isFormatted, args, to: this.#redirection() }
  }

  #printed(): readonly Expression[] {
    if (this.#isAtEnd() || this.#isOperator('>', '>>', '|')) return []
    if (!this.#isOperator('(')) return this.#list()
    // A list in parentheses is one only when nothing but a redirection follows it.
    const before = this.#at
    this.#at++
    if (!this.#isOperator(')')) {
      const items = this.#inParentheses(() => this.#list())
      this.#need(')')
      if (this.#isAtEnd() || this.#isOperator('>', '>>', '|')) return items
    } else {
      this.#at++
      return []
    }
    this.#at = before
    return this.#list()
  }

  #redirection(): Redirection | undefined {
    const kind = this.#isOperator('>')
      ? 'truncate'
      : this.#isOperator('>>')
        ? 'append'
        : this.#isOperator('|')
          ? 'pipe'
          : undefined
    if (kind === undefined) return undefined
    this.#at++
    return { kind, target: this.#expression() }
  }

  #expression(): Expression {
    const test = this.#or()
    if (!this.#take('operator', '?')) return test
    this.#newlines()
    const yes = this.#expression()
    this.#newlines()
    this.#need(':')
    this.#newlines()
    return { type: 'conditional', test, yes, no: this.#expression() }
  }

  #or(): Expression {
    let left = this.#and()
    while (this.#take('operator', '||')) {
      this.#newlines()
      left = { type: 'logical', isOr: true, left, right: this.#and() }
    }
    return left
  }

  #and(): Expression {
    let left = this.#in()
    while (this.#take('operator', '&&')) {
      this.#newlines()
      left = { type: 'logical', isOr: false, left, right: this.#in() }
    }
    return left
  }

  #in(): Expression {
    let left = this.#match()
    while (this.#take('keyword', 'in')) left = { type: 'in', index: [left], name: this.#name() }
    return left
  }

  #match(): Expression {
    let left = this.#comparison()
    while (this.#isOperator('~', '!~')) {
      const isNegated = this.#token.text === '!~'
      this.#at++
      left = { type: 'match', isNegated, left, right: this.#comparison() }
    }
    return left
  }

  #comparison(): Expression {
    let left = this.#operand()
    while (this.#isOperator(...COMPARISONS) && !(this.#isPrinting && this.#isOperator('>'))) {
      const operator = this.#token.text
      this.#at++
      left = { type: 'compare', operator, left, right: this.#operand() }
    }
    return left
  }

  /** What an operator of comparison or logic stands between: an assignment, or a concatenation. */
  #operand(): Expression {
    const before = this.#at
    const target = this.#maybeTarget()
    if (target !== undefined && this.#isOperator(...ASSIGNMENTS)) {
      const operator = this.#token.text.slice(0, -1)
      this.#at++
      this.#newlines()
      return { type: 'assign', target, operator, value: this.#expression() }
    }
    this.#at = before
    let left = this.#sum()
    while (this.#startsOperand()) left = { type: 'concatenate', left, right: this.#sum() }
    return left
  }

  #maybeTarget(): LeftValue | undefined {
    if (this.#token.type !== 'name' && !this.#isOperator('$')) return undefined
    const found = this.#primary()
    return isLeftValue(found) ? found : undefined
  }

  #startsOperand(): boolean {
    const { type, text } = this.#token
    if (type === 'operator') return ['$', '!', '(', '-', '+', '++', '--'].includes(text)
    return ['number', 'string', 'regex', 'name', 'function-name', 'builtin'].includes(type)
      ? true
      : type === 'keyword' && text === 'getline'
  }

  #sum(): Expression {
    let left = this.#product()
    while (this.#isOperator('+', '-')) {
      const operator = this.#token.text
      this.#at++
      left = { type: 'arithmetic', operator, left, right: this.#product() }
    }
    return left
  }

  #product(): Expression {
    let left = this.#unary()
    while (this.#isOperator('*', '/', '%')) {
      const operator = this.#token.text
      this.#at++
      left = { type: 'arithmetic', operator, left, right: this.#unary() }
    }
    return left
  }

  #unary(): Expression {
    if (!this.#isOperator('!', '-', '+')) return this.#piped()
    const operator = this.#token.text
    this.#at++
    return { type: 'unary', operator, operand: this.#unary() }
  }

  #piped(): Expression {
    let left = this.#power()
    while (this.#isOperator('|') && this.#peek(1).text === 'getline' && this.#peek(1).type === 'keyword') {
      this.#at += 2
      left = { type: 'getline', from: 'command', source: left, target: this.#getlineTarget() }
    }
    return left
  }

  #power(): Expression {
    const left = this.#postfix()
    if (!this.#take('operator', '^')) return left
    const right = this.#isOperator('-', '+', '!') ? this.#unary() : this.#power()
    return { type: 'arithmetic', operator: '^', left, right }
  }

  #postfix(): Expression {
    const item = this.#primary()
    if (!this.#isOperator('++', '--') || !isLeftValue(item)) return item
    const by = this.#token.text === '++' ? 1 : -1
    this.#at++
    return { type: 'increment', target: item, by, isPrefix: false }
  }

  #primary(): Expression {
    const { type, text } = this.#token
    this.#at++
    switch (type) {
      case 'number':
        return { type: 'number', value: Number(text) }
      case 'string':
        return { type: 'string', value: text }
      case 'regex':
        return { type: 'regex', source: text }
      case 'name':
        return this.#isOperator('[')
          ? { type: 'element', name: text, index: this.#index() }
          : { type: 'variable', name: text }
      case 'function-name':
        this.#called.add(text)
        return { type: 'call', name: text, args: this.#arguments() }
      case 'builtin':
        return { type: 'builtin', name: text, args: this.#builtinArguments(text) }
      case 'keyword':
        if (text === 'getline') return this.#getline()
        break
      case 'operator':
        return this.#operatorFirst(text)
    }
    this.#at--
    return this.#wrong()
  }

  #operatorFirst(text: string): Expression {
    if (text === '$') return { type: 'field', index: this.#fieldIndex() }
    if (text === '++' || text === '--') {
      const target = this.#primary()
      if (!isLeftValue(target)) this.#wrong()
      return { type: 'increment', target, by: text === '++' ? 1 : -1, isPrefix: true }
    }
    if (text === '(') return this.#parenthesized()
    this.#at--
    return this.#wrong()
  }

  /** What `$` takes: the tightest there is. */
  #fieldIndex(): Expression {
    if (!this.#isOperator('-', '+', '!')) return this.#primary()
    const operator = this.#token.text
    this.#at++
    return { type: 'unary', operator, operand: this.#fieldIndex() }
  }

  #parenthesized(): Expression {
    const items = this.#inParentheses(() => this.#list())
    this.#need(')')
    const [first] = items
    if (items.length === 1 && first !== undefined)
      return isLeftValue(first) && first.type !== 'field'
        ? { type: 'unary', operator: '(', operand: first }
        : first
    if (!this.#take('keyword', 'in')) this.#wrong()
    return { type: 'in', index: items, name: this.#name() }
  }

  #arguments(): readonly Expression[] {
    this.#need('(')
    if (this.#take('operator', ')')) return []
    const args = this.#inParentheses(() => this.#list())
    this.#need(')')
    return args
  }

  #builtinArguments(name: string): readonly Expression[] {
    if (name === 'length' && !this.#isOperator('(')) return []
    const args = this.#arguments()
    const [least, most] = ARGUMENTS[name] ?? [1, 1]
    if (args.length < least || args.length > most) this.#wrong()
    return args
  }

  #getline(): Expression {
    const target = this.#getlineTarget()
    if (!this.#take('operator', '<')) return { type: 'getline', from: 'main', source: undefined, target }
    return { type: 'getline', from: 'file', source: this.#power(), target }
  }

  #getlineTarget(): LeftValue | undefined {
    if (this.#token.type !== 'name' && !this.#isOperator('$')) return undefined
    const target = this.#primary()
    return isLeftValue(target) ? target : this.#wrong()
  }
}

const isLeftValue = (item: Expression): item is LeftValue =>
  item.type === 'variable' || item.type === 'element' || item.type === 'field'

/** How many arguments the functions take that do not take one (bi_funct.c). */
const ARGUMENTS: Readonly<Record<string, readonly [number, number]>> = {
  length: [0, 1],
  index: [2, 2],
  substr: [2, 3],
  split: [2, 3],
  sub: [2, 3],
  gsub: [2, 3],
  match: [2, 2],
  sprintf: [1, 255],
  atan2: [2, 2],
  rand: [0, 0],
  srand: [0, 1],
  fflush: [0, 1],
  systime: [0, 0],
  strftime: [0, 3],
}
