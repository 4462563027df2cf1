import { Unsimulated } from '../../../src/host/host.ts'
import { AwkFailure } from './failure.ts'

export type TokenType =
  | 'number'
  | 'string'
  | 'regex'
  | 'name'
  /** A name with `(` right behind it. */
  | 'function-name'
  | 'builtin'
  | 'keyword'
  | 'operator'
  | 'newline'
  | 'end'

export interface Token {
  readonly type: TokenType
  readonly text: string
}

const KEYWORDS: ReadonlySet<string> = new Set(
  'BEGIN END function if else while for do break continue next nextfile exit return delete in getline print printf'.split(
    ' ',
  ),
)

/** The functions that mawk has (bi_funct.c, kw.c). */
export const BUILTINS: ReadonlySet<string> = new Set(
  'length index substr split sub gsub match sprintf sin cos atan2 exp log int sqrt rand srand close system toupper tolower fflush systime mktime strftime'.split(
    ' ',
  ),
)

const OPERATORS = [
  '**=',
  ...['++', '--', '+=', '-=', '*=', '/=', '%=', '^=', '==', '!=', '<=', '>=', '!~', '&&', '||', '>>', '**'],
  ...'{}()[];,+-*/%^!><|?:~$='.split(''),
]

/** After these a `/` divides; anywhere else it begins a regular expression (scan.c). */
const isBeforeDivision = ({ type, text }: Token): boolean =>
  type === 'number' ||
  type === 'string' ||
  type === 'name' ||
  type === 'regex' ||
  (type === 'builtin' && text === 'length') ||
  (type === 'operator' && [')', ']', '$', '++', '--'].includes(text)) ||
  (type === 'keyword' && text === 'getline')

/** The words of a program. Bytes come one character each. */
export function tokensOf(source: string): readonly Token[] {
  return new Lexer(source).run()
}

class Lexer {
  readonly #source: string
  readonly #tokens: Token[] = []
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  run(): readonly Token[] {
    while (this.#at < this.#source.length) this.#next()
    this.#push('newline', '\n')
    this.#push('end', '')
    return this.#tokens
  }

  #push(type: TokenType, text: string): void {
    this.#tokens.push({ type, text })
  }

  get #rest(): string {
    return this.#source.slice(this.#at)
  }

  #next(): void {
    const blank = /^(?:[ \t\r\f\v]|\\\r?\n|#[^\n]*)+/.exec(this.#rest)?.[0] ?? ''
    this.#at += blank.length
    const char = this.#source.charAt(this.#at)
    if (char === '') return
    if (char === '\n') {
      this.#at++
      this.#push('newline', '\n')
    } else if (char === '"') this.#string()
    else if (/[0-9]/.test(char) || /^\.\d/.test(this.#rest)) this.#number()
    else if (/[A-Za-z_]/.test(char)) this.#name()
    else if (char === '/' && !isBeforeDivision(this.#tokens.at(-1) ?? { type: 'newline', text: '' }))
      this.#regex()
    else this.#operator()
  }

  #number(): void {
    const text = /^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(this.#rest)?.[0] ?? ''
    if (!Number.isFinite(Number(text))) throw new Unsimulated('awk', `the number ${text}`)
    this.#at += text.length
    this.#push('number', text)
  }

  #name(): void {
    const text = /^\w+/.exec(this.#rest)?.[0] ?? ''
    this.#at += text.length
    const isCall = this.#source.charAt(this.#at) === '('
    if (KEYWORDS.has(text)) this.#push('keyword', text)
    else if (BUILTINS.has(text)) this.#push('builtin', text)
    else this.#push(isCall ? 'function-name' : 'name', text)
  }

  #string(): void {
    const [whole, body = ''] = /^"((?:[^"\\\n]|\\[\s\S])*)"/.exec(this.#rest) ?? []
    if (whole === undefined) throw new Unsimulated('awk', 'a string without an end')
    this.#at += whole.length
    this.#push('string', unescapeAwk(body.replace(/(^|[^\\])((?:\\\\)*)\\\n/g, '$1$2')))
  }

  #regex(): void {
    let at = this.#at + 1
    for (let isBoxed = false; ; at++) {
      const char = this.#source.charAt(at)
      if (char === '' || char === '\n')
        throw new AwkFailure(`line 1: ${runaway(this.#source.slice(this.#at + 1))}`)
      if (char === '\\') at++
      else if (char === '[' && !isBoxed) {
        isBoxed = true
        if (this.#source.charAt(at + 1) === '^') at++
        if (this.#source.charAt(at + 1) === ']') at++
      } else if (char === '[' && /^\[:\w*:\]/.test(this.#source.slice(at)))
        at = this.#source.indexOf(':]', at) + 1
      else if (char === ']') isBoxed = false
      else if (char === '/' && !isBoxed) break
    }
    this.#push('regex', this.#source.slice(this.#at + 1, at).replaceAll('\\/', '/'))
    this.#at = at + 1
  }

  #operator(): void {
    const text = OPERATORS.find(operator => this.#source.startsWith(operator, this.#at))
    if (text === undefined)
      throw new Unsimulated('awk', `the character ${this.#source.charAt(this.#at)} in a program`)
    this.#at += text.length
    this.#push('operator', text)
  }
}

const runaway = (text: string): string => `runaway regular expression /${text.slice(0, 10)} ...`

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  f: '\f',
  b: '\b',
  r: '\r',
  a: '\x07',
  v: '\v',
  '\\': '\\',
  '"': '"',
}

/** The escapes of a string (rm_escape() of scan.c); those that are none stay as they are. */
export const unescapeAwk = (text: string): string =>
  text.replace(
    /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|([\s\S]))/g,
    (whole, octal?: string, hex?: string, char?: string) =>
      octal === undefined && hex === undefined
        ? char === '/'
          ? '\\/'
          : (ESCAPES[char ?? ''] ?? whole)
        : String.fromCharCode(
            octal === undefined ? Number.parseInt(hex ?? '', 16) : Number.parseInt(octal, 8) & 0xff,
          ),
  )
