import { CHARACTER_CLASSES } from '../formats/character-classes.ts'
/**
 * Patterns of glob(7) as the shells have them: `*`, `?`, `[…]`, `\` for a literal, and bash's extended ones where
 * `isExtended`. A pattern is text in which every quoted special character has a backslash.
 */
export interface PatternOptions {
  readonly isExtended?: boolean
  /** For file names: `*` and `?` stop at a slash. */
  readonly isPath?: boolean
  readonly isCaseless?: boolean
}

const SPECIAL = /[*?[\]\\(){}|+@!]/g

/** Text as a pattern that matches nothing else. */
export const escapePattern = (text: string): string => text.replace(SPECIAL, '\\$&')

/** Whether a pattern is more than a literal. */
export const hasWildcard = (pattern: string, isExtended = false): boolean =>
  /(^|[^\\])(\\\\)*[*?]|(^|[^\\])(\\\\)*\[/.test(pattern) ||
  (isExtended && /(^|[^\\])(\\\\)*[@!+*?]\(/.test(pattern))

/** A pattern without its backslashes. */
export const unescapePattern = (pattern: string): string => pattern.replace(/\\([\s\S])/g, '$1')

const compiled = new Map<string, RegExp>()

/** A regular expression that matches the whole of what the pattern matches. */
export function patternRegExp(pattern: string, options: PatternOptions = {}): RegExp {
  const flags = `su${options.isCaseless ? 'i' : ''}`
  const key = `${flags}${options.isExtended ? 'x' : ''}${options.isPath ? 'p' : ''}:${pattern}`
  let known = compiled.get(key)
  if (known === undefined) {
    if (compiled.size > 1024) compiled.clear()
    known = new RegExp(`^(?:${patternSource(pattern, options)})$`, flags)
    compiled.set(key, known)
  }
  return known
}

export const matchesPattern = (text: string, pattern: string, options: PatternOptions = {}): boolean =>
  patternRegExp(pattern, options).test(text)

/** The source of a regular expression for a pattern, without anchors. */
export function patternSource(pattern: string, options: PatternOptions): string {
  return new Translator(pattern, options).translate()
}

class Translator {
  readonly #pattern: string
  readonly #options: PatternOptions
  #at = 0

  constructor(pattern: string, options: PatternOptions) {
    this.#pattern = pattern
    this.#options = options
  }

  translate(stop = ''): string {
    let source = ''
    while (this.#at < this.#pattern.length) {
      const char = String.fromCodePoint(this.#pattern.codePointAt(this.#at) ?? 0)
      if (stop.includes(char) && char !== '') return source
      source += this.#next(char)
    }
    return source
  }

  #next(char: string): string {
    const any = this.#options.isPath ? '[^/]' : '.'
    if (this.#options.isExtended && '?*+@!'.includes(char) && this.#pattern[this.#at + 1] === '(')
      return this.#extended(char)
    this.#at += char.length
    if (char === '*') return `${any}*`
    if (char === '?') return any
    if (char === '[') return this.#bracket()
    if (char === '\\' && this.#at < this.#pattern.length) return literal(this.#pattern.charAt(this.#at++))
    return literal(char)
  }

  #bracket(): string {
    const end = bracketEnd(this.#pattern, this.#at)
    if (end < 0) return '\\['
    let body = this.#pattern.slice(this.#at, end)
    this.#at = end + 1
    const isNegated = /^[!^]/.test(body)
    if (isNegated) body = body.slice(1)
    const members = body.replace(
      /\[:(\w+):\]|\\([\s\S])|([\\[\]^])/g,
      (_, name?: string, escaped?: string, special = '') =>
        name === undefined ? literal(escaped ?? special, '-') : (CHARACTER_CLASSES[name] ?? ''),
    )
    return isNegated ? `[^${members}]` : `[${members}]`
  }

  #extended(kind: string): string {
    this.#at += 2
    const branches = [this.translate('|)')]
    while (this.#pattern[this.#at] === '|') {
      this.#at++
      branches.push(this.translate('|)'))
    }
    this.#at++
    const group = branches.join('|')
    if (kind === '@') return `(?:${group})`
    if (kind !== '!') return `(?:${group})${kind}`
    const rest = new Translator(this.#pattern.slice(this.#at), this.#options).translate()
    return `(?!(?:${group})${rest}$)${this.#options.isPath ? '[^/]' : '.'}*`
  }
}

function bracketEnd(pattern: string, from: number): number {
  let at = from
  if (/[!^]/.test(pattern[at] ?? '')) at++
  if (pattern[at] === ']') at++
  for (; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++
    else if (pattern.startsWith('[:', at)) at = Math.max(at, pattern.indexOf(':]', at) + 1)
    else if (pattern[at] === ']') return at
  }
  return -1
}

const literal = (char: string, more = ''): string =>
  char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(more, more === '' ? '' : `\\${more}`)
