import { type Assertion, assertionSource, type RegexNode } from './tree.ts'

/** One step of the automaton: where it goes on, and on what condition. */
type Step =
  | { readonly type: 'set'; readonly accepts: (char: string) => boolean; next: number }
  | { readonly type: 'assert'; readonly test: RegExp; next: number }
  | { readonly type: 'split'; readonly next: number[] }
  | { readonly type: 'end' }

/**
 * POSIX wants the longest of the matches that start leftmost (regex(7)); JavaScript's engine takes the first that it
 * finds. All ways are followed at once here, as in Thompson's construction, and the last end that was reached counts.
 */
export class LongestMatch {
  readonly #steps: Step[] = []
  readonly #start: number
  readonly #isMultiline: boolean
  readonly #flags: string

  constructor(node: RegexNode, options: { readonly isMultiline: boolean; readonly isCaseless: boolean }) {
    this.#isMultiline = options.isMultiline
    this.#flags = options.isCaseless ? 'i' : ''
    const end = this.#add({ type: 'end' })
    this.#start = this.#compile(node, end)
  }

  /** Where the longest match that starts at `from` ends; undefined where none does. */
  endOf(text: string, from: number): number | undefined {
    let longest: number | undefined
    let current = this.#closure([this.#start], text, from)
    for (let at = from; current.size > 0; at++) {
      const next: number[] = []
      for (const index of current) {
        const step = this.#steps[index]
        if (step?.type === 'end') longest = at
        else if (step?.type === 'set' && at < text.length && step.accepts(text.charAt(at)))
          next.push(step.next)
      }
      if (at >= text.length) break
      current = this.#closure(next, text, at + 1)
    }
    return longest
  }

  #closure(from: readonly number[], text: string, at: number): ReadonlySet<number> {
    const found = new Set<number>()
    const pending = [...from]
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      if (found.has(index)) continue
      found.add(index)
      const step = this.#steps[index]
      if (step?.type === 'split') pending.push(...step.next)
      else if (step?.type === 'assert') {
        step.test.lastIndex = at
        if (step.test.test(text)) pending.push(step.next)
      }
    }
    return found
  }

  #add(step: Step): number {
    this.#steps.push(step)
    return this.#steps.length - 1
  }

  /** The first step of what matches `node` and then goes on at `next`. */
  #compile(node: RegexNode, next: number): number {
    switch (node.type) {
      case 'set':
        return this.#add({ type: 'set', accepts: this.#acceptor(node.source), next })
      case 'assert':
        return this.#add({ type: 'assert', test: this.#assertion(node.what), next })
      case 'sequence':
        return node.items.reduceRight((after, item) => this.#compile(item, after), next)
      case 'alternatives':
        return this.#add({ type: 'split', next: node.items.map(item => this.#compile(item, next)) })
      case 'group':
        return this.#compile(node.item, next)
      case 'repeat':
        return this.#repeat(node, next)
      case 'back-reference':
        throw new TypeError('a back reference has no automaton')
    }
  }

  #repeat(node: RegexNode & { readonly type: 'repeat' }, next: number): number {
    let first = next
    if (node.max === Number.POSITIVE_INFINITY) {
      const targets: number[] = [next]
      first = this.#add({ type: 'split', next: targets })
      targets.push(this.#compile(node.item, first))
    } else
      for (let count = node.min; count < node.max; count++)
        first = this.#add({ type: 'split', next: [next, this.#compile(node.item, first)] })
    for (let count = 0; count < node.min; count++) first = this.#compile(node.item, first)
    return first
  }

  #acceptor(source: string): (char: string) => boolean {
    const test = new RegExp(`^${source}$`, this.#flags)
    const known = new Map<string, boolean>()
    return char => {
      const answer = known.get(char) ?? test.test(char)
      known.set(char, answer)
      return answer
    }
  }

  #assertion(what: Assertion): RegExp {
    return new RegExp(assertionSource(what, this.#isMultiline), 'y')
  }
}
