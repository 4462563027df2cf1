import { Unsimulated } from '../../../src/host/host.ts'
import { LongestMatch } from './longest.ts'
import { parseRegex, type RegexDialect } from './parse.ts'
import { hasNode, type RegexNode, sourceOf } from './tree.ts'

/** Where a regular expression matched: offsets, and what its groups hold. */
export interface RegexMatch {
  readonly start: number
  readonly end: number
  readonly groups: readonly (string | undefined)[]
}

export interface RegexOptions {
  readonly isCaseless?: boolean
  /** `^` and `$` are those of lines. */
  readonly isMultiline?: boolean
  /** Only what is a word of its own, or a whole line: `-w` and `-x` of grep. */
  readonly whole?: 'word' | 'line' | undefined
}

const AROUND = { word: ['no-word-before', 'no-word-after'], line: ['start', 'end'] } as const

function wrapped(tree: RegexNode, whole: 'word' | 'line' | undefined): RegexNode {
  if (whole === undefined) return tree
  const [before, after] = AROUND[whole]
  return {
    type: 'sequence',
    items: [{ type: 'assert', what: before }, tree, { type: 'assert', what: after }],
  }
}

/**
 * A POSIX regular expression: the leftmost match, and of those the longest. JavaScript's engine finds where it starts
 * (that is the same for both) and what the groups hold; how long it is, is found by following all ways at once.
 */
export class Regex {
  readonly #dialect: RegexDialect
  readonly #source: string
  readonly #tree: RegexNode
  readonly #options: { readonly isMultiline: boolean; readonly isCaseless: boolean }
  readonly #search: RegExp
  readonly #groupsOf: RegExp | undefined
  readonly #longest: LongestMatch | undefined

  /** Throws `RegexError` for what the real one refuses. */
  constructor(source: string, dialect: RegexDialect, options: RegexOptions = {}) {
    this.#source = source
    this.#dialect = dialect
    this.#options = { isMultiline: options.isMultiline ?? false, isCaseless: options.isCaseless ?? false }
    this.#tree = wrapped(parseRegex(source, dialect), options.whole)
    const isReferring = hasNode(this.#tree, 'back-reference')
    if (isReferring && hasNode(this.#tree, 'alternatives'))
      throw new Unsimulated(dialect.name, `alternatives with a back reference: ${source}`)
    this.#search = this.#compile({ hasGroups: isReferring })
    this.#longest = isReferring ? undefined : new LongestMatch(this.#tree, this.#options)
    this.#groupsOf = hasNode(this.#tree, 'group') ? this.#compile({ hasGroups: true }) : undefined
  }

  #compile(options: {
    readonly hasGroups: boolean
    readonly isReversed?: boolean
    readonly after?: string
  }): RegExp {
    const source = sourceOf(this.#tree, { ...options, isMultiline: this.#options.isMultiline })
    return new RegExp(
      `(?:${source})${options.after ?? ''}`,
      `${options.after === undefined ? 'g' : 'y'}${this.#options.isCaseless ? 'i' : ''}`,
    )
  }

  /** Whether it matches anywhere. */
  test(text: string): boolean {
    this.#search.lastIndex = 0
    return this.#search.test(text)
  }

  /** The first match from `from` on, without its groups. */
  find(text: string, from = 0): { readonly start: number; readonly end: number } | undefined {
    this.#search.lastIndex = from
    const found = this.#search.exec(text)
    if (found === null) return undefined
    const end = this.#longest?.endOf(text, found.index) ?? found.index + found[0].length
    return { start: found.index, end }
  }

  /** The first match from `from` on. */
  exec(text: string, from = 0): RegexMatch | undefined {
    const found = this.find(text, from)
    if (found === undefined || this.#groupsOf === undefined)
      return found === undefined ? undefined : { ...found, groups: [] }
    return { ...found, groups: this.#groupsAt(text, found) }
  }

  #groupsAt(
    text: string,
    { start, end }: { readonly start: number; readonly end: number },
  ): readonly (string | undefined)[] {
    const simple = this.#groupsOf
    if (simple !== undefined && !hasNode(this.#tree, 'alternatives')) {
      simple.lastIndex = start
      const found = simple.exec(text)
      if (found?.index === start && found[0].length === end - start) return found.slice(1)
    }
    const after = `(?=[^]{${text.length - end}}(?![^]))`
    const [forth, back] = [false, true].map(isReversed => {
      const exact = this.#compile({ hasGroups: true, isReversed, after })
      exact.lastIndex = start
      return exact.exec(text)?.slice(1) ?? []
    })
    if (forth?.some((group, index) => group !== back?.[index]))
      throw new Unsimulated(this.#dialect.name, `which of the alternatives of ${this.#source} a group takes`)
    return forth ?? []
  }
}
