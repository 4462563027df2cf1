import { Unsimulated } from '../../../src/host/host.ts'
import { CHARACTER_CLASSES } from '../character-classes.ts'
import type { RegexNode } from './tree.ts'

/** What a dialect of regular expressions takes. */
export interface RegexDialect {
  /** Whose it is, in what is not modelled. */
  readonly name: string
  /** `\(`, `\{`, `\|` as in basic expressions; else `(`, `{`, `|`. */
  readonly isBasic: boolean
  /** Whether `{` counts; mawk before 1.3.4.20200717 takes it for itself. */
  readonly hasIntervals: boolean
  /** GNU's `\w`, `\b`, `\<` and their kin, and back references. */
  readonly hasGnuEscapes: boolean
  /** C's `\t`, `\n`, `\101`, within brackets too: awk. */
  readonly hasCEscapes: boolean
  /** Whether an alternative and a group must have something in them: mawk. */
  readonly isEmptyRefused?: boolean
}

/** A regular expression that regcomp(3), or the program, refuses; the message is regerror(3)'s. */
export class RegexError extends Error {
  override readonly name = 'RegexError'
}

const C_ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  f: '\f',
  b: '\b',
  r: '\r',
  a: '\x07',
  v: '\v',
}

const ASSERTIONS = {
  '<': 'word-start',
  '>': 'word-end',
  b: 'word-edge',
  B: 'no-word-edge',
  '`': 'start',
  "'": 'end',
} as const

const SETS: Readonly<Record<string, string>> = { w: '\\w', W: '\\W', s: '\\s', S: '\\S' }

/** One character for a JavaScript expression, inside brackets or not. */
export const escapeForSource = (char: string): string =>
  /[\w\x80-\uffff ]/.test(char) && char !== '_'
    ? char
    : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`

/** regex(7) and its dialects: text to tree. Throws `RegexError` for what the real one refuses. */
export function parseRegex(source: string, dialect: RegexDialect): RegexNode {
  return new Parse(source, dialect).run()
}

class Parse {
  readonly #source: string
  readonly #dialect: RegexDialect
  #at = 0
  #groups = 0
  #depth = 0

  constructor(source: string, dialect: RegexDialect) {
    this.#source = source
    this.#dialect = dialect
  }

  run(): RegexNode {
    const node = this.#alternatives()
    if (this.#at < this.#source.length) throw new RegexError('Unmatched ) or \\)')
    return node
  }

  /** Whether an operator of the dialect stands here: `(` or `\(`. */
  #looksAt(operator: string): boolean {
    return this.#source.startsWith(this.#dialect.isBasic ? `\\${operator}` : operator, this.#at)
  }

  #skip(operator: string): boolean {
    if (!this.#looksAt(operator)) return false
    this.#at += this.#dialect.isBasic ? 2 : 1
    return true
  }

  #alternatives(): RegexNode {
    const items = [this.#sequence()]
    while (this.#skip('|')) items.push(this.#sequence())
    return items.length === 1 ? (items[0] as RegexNode) : { type: 'alternatives', items }
  }

  #isAtEnd(): boolean {
    return this.#at >= this.#source.length || this.#looksAt('|') || (this.#looksAt(')') && this.#isClosing())
  }

  /** A `)` that closes nothing is itself in extended expressions. */
  #isClosing(): boolean {
    return this.#depth > 0 || this.#dialect.isBasic
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = []
    while (!this.#isAtEnd()) items.push(this.#repeated(items.length === 0))
    const isUnclosed = this.#depth > 0 && this.#at >= this.#source.length
    if (items.length === 0 && this.#dialect.isEmptyRefused && this.#source !== '' && !isUnclosed)
      throw new RegexError('missing operand')
    return items.length === 1 ? (items[0] as RegexNode) : { type: 'sequence', items }
  }

  #repeated(isFirst: boolean): RegexNode {
    let item = this.#atom(isFirst)
    for (;;) {
      const counts = this.#counts()
      if (counts === undefined) return item
      if (item.type === 'assert' && this.#dialect.isEmptyRefused)
        throw new RegexError('syntax error ^* or ^+')
      if (item.type === 'assert' && !this.#dialect.isBasic)
        throw new Unsimulated(this.#dialect.name, `a repeated assertion in ${this.#source}`)
      item = { type: 'repeat', item, min: counts[0], max: counts[1] }
    }
  }

  #counts(): readonly [number, number] | undefined {
    const char = this.#source.charAt(this.#at)
    if (char === '*') {
      this.#at++
      return [0, Number.POSITIVE_INFINITY]
    }
    if (!this.#dialect.isBasic || this.#dialect.hasGnuEscapes) {
      if (this.#skip('+')) return [1, Number.POSITIVE_INFINITY]
      if (this.#skip('?')) return [0, 1]
    }
    return this.#looksAt('{') && this.#dialect.hasIntervals ? this.#interval() : undefined
  }

  #interval(): readonly [number, number] | undefined {
    const close = this.#dialect.isBasic ? '\\}' : '}'
    const start = this.#at + (this.#dialect.isBasic ? 2 : 1)
    const end = this.#source.indexOf(close, start)
    const body = end < 0 ? '' : this.#source.slice(start, end)
    const [, min = '', comma, max = ''] = /^(\d*)(,?)(\d*)$/.exec(body) ?? []
    if (comma === undefined || (min === '' && comma === '')) {
      if (this.#dialect.isBasic) throw new RegexError(end < 0 ? 'Unmatched \\{' : 'Invalid content of \\{\\}')
      if (this.#dialect.isEmptyRefused && body === '' && end >= 0)
        throw new RegexError('bad interval expression')
      if (this.#dialect.isEmptyRefused && end >= 0)
        throw new Unsimulated(this.#dialect.name, `the interval {${body}}`)
      return undefined
    }
    this.#at = end + close.length
    const least = Number(min)
    const most = comma === '' ? least : max === '' ? Number.POSITIVE_INFINITY : Number(max)
    if (least > most) throw new RegexError('Invalid content of \\{\\}')
    if (Math.max(least, most === Number.POSITIVE_INFINITY ? 0 : most) > 32_767)
      throw new RegexError('Regular expression too big')
    return [least, most]
  }

  #atom(isFirst: boolean): RegexNode {
    if (this.#skip('(')) return this.#group()
    const char = this.#source.charAt(this.#at++)
    if (char === '[') return this.#bracket()
    if (char === '.') return { type: 'set', source: '[^]' }
    if (char === '^' && (!this.#dialect.isBasic || isFirst)) return { type: 'assert', what: 'start' }
    if (char === '$' && (!this.#dialect.isBasic || this.#isAtEnd())) return { type: 'assert', what: 'end' }
    if (char === '\\') return this.#escape()
    if (!this.#dialect.isBasic && /[*+?]/.test(char)) {
      if (this.#dialect.isEmptyRefused) throw new RegexError('missing operand')
      throw new Unsimulated(this.#dialect.name, `a repetition of nothing in ${this.#source}`)
    }
    return literal(char)
  }

  #group(): RegexNode {
    const number = ++this.#groups
    this.#depth++
    const item = this.#alternatives()
    if (!this.#skip(')'))
      throw new RegexError(this.#dialect.isEmptyRefused ? "missing ')'" : 'Unmatched ( or \\(')
    this.#depth--
    return { type: 'group', item, number }
  }

  #escape(): RegexNode {
    const char = this.#source.charAt(this.#at++)
    if (char === '') {
      if (this.#dialect.hasCEscapes) return literal('\\')
      throw new RegexError('Trailing backslash')
    }
    if (this.#dialect.hasCEscapes) {
      const read = this.#cEscape(char)
      return literal(read ?? char)
    }
    if (/[1-9]/.test(char)) return this.#backReference(Number(char))
    if (char in ASSERTIONS) return { type: 'assert', what: ASSERTIONS[char as keyof typeof ASSERTIONS] }
    const set = SETS[char]
    if (set !== undefined) return { type: 'set', source: set }
    if (char === 'n') return literal('\n')
    if (/[A-Za-z0-9]/.test(char) || (this.#dialect.isBasic && /[)}]/.test(char)))
      throw new Unsimulated(this.#dialect.name, `\\${char} in ${this.#source}`)
    return literal(char)
  }

  #cEscape(char: string): string | undefined {
    const known = C_ESCAPES[char]
    if (known !== undefined) return known
    const octal = /^[0-7]{1,3}/.exec(this.#source.slice(this.#at - 1))?.[0]
    if (octal === undefined) return undefined
    this.#at += octal.length - 1
    return String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
  }

  #backReference(number: number): RegexNode {
    if (number > this.#groups) throw new RegexError('Invalid back reference')
    return { type: 'back-reference', number }
  }

  #bracket(): RegexNode {
    const isNegated = this.#source.charAt(this.#at) === '^'
    if (isNegated) this.#at++
    let members = ''
    for (let isFirst = true; ; isFirst = false) {
      const char = this.#source.charAt(this.#at)
      if (char === '') throw new RegexError('Unmatched [, [^, [:, [., or [=')
      if (char === ']' && !isFirst) break
      members += this.#member()
    }
    this.#at++
    return { type: 'set', source: `[${isNegated ? '^' : ''}${members}]` }
  }

  #member(): string {
    const rest = this.#source.slice(this.#at)
    const [whole, name] = /^\[:(\w*):\]/.exec(rest) ?? []
    if (whole !== undefined) {
      this.#at += whole.length
      const members = CHARACTER_CLASSES[name ?? '']
      if (members === undefined) throw new RegexError('Invalid character class name')
      return members
    }
    if (/^\[[.=]/.test(rest))
      throw new Unsimulated(this.#dialect.name, `a collating element in ${this.#source}`)
    const from = this.#memberChar()
    const isRange = this.#source.charAt(this.#at) === '-' && !/^-(\]|$)/.test(this.#source.slice(this.#at))
    if (!isRange) return escapeForSource(from)
    this.#at++
    if (/^\[[.=:]/.test(this.#source.slice(this.#at)))
      throw new Unsimulated(this.#dialect.name, `a collating element in ${this.#source}`)
    const to = this.#memberChar()
    if (from > to) throw new RegexError('Invalid range end')
    return `${escapeForSource(from)}-${escapeForSource(to)}`
  }

  #memberChar(): string {
    const char = this.#source.charAt(this.#at++)
    if (char !== '\\' || !this.#dialect.hasCEscapes) return char
    const next = this.#source.charAt(this.#at)
    if (next === '') return char
    this.#at++
    const read = this.#cEscape(next)
    if (read !== undefined) return read
    if (/[\\\]\-^/"[]/.test(next)) return next
    this.#at--
    return char
  }
}

const literal = (char: string): RegexNode => ({ type: 'set', source: escapeForSource(char) })
