/** A regular expression, parsed. Classes and literals are what stands between brackets in a JavaScript expression. */
export type RegexNode =
  | { readonly type: 'set'; readonly source: string }
  | { readonly type: 'assert'; readonly what: Assertion }
  | { readonly type: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly type: 'alternatives'; readonly items: readonly RegexNode[] }
  | { readonly type: 'repeat'; readonly item: RegexNode; readonly min: number; readonly max: number }
  | { readonly type: 'group'; readonly item: RegexNode; readonly number: number }
  | { readonly type: 'back-reference'; readonly number: number }

export type Assertion =
  | 'start'
  | 'end'
  | 'word-start'
  | 'word-end'
  | 'word-edge'
  | 'no-word-edge'
  | 'no-word-before'
  | 'no-word-after'

/** How the assertions are written in JavaScript; `start` and `end` are of the text or, with `isMultiline`, of a line. */
export const assertionSource = (what: Assertion, isMultiline: boolean): string => {
  switch (what) {
    case 'start':
      return isMultiline ? '(?<![^\\n])' : '(?<![^])'
    case 'end':
      return isMultiline ? '(?![^\\n])' : '(?![^])'
    case 'word-start':
      return '(?<!\\w)(?=\\w)'
    case 'word-end':
      return '(?<=\\w)(?!\\w)'
    case 'word-edge':
      return '\\b'
    case 'no-word-edge':
      return '\\B'
    case 'no-word-before':
      return '(?<!\\w)'
    case 'no-word-after':
      return '(?!\\w)'
  }
}

/** The JavaScript expression of a tree, with or without its groups; `isReversed` tries alternatives from the last one. */
export function sourceOf(
  node: RegexNode,
  options: { readonly isMultiline: boolean; readonly hasGroups: boolean; readonly isReversed?: boolean },
): string {
  const of = (item: RegexNode): string => sourceOf(item, options)
  switch (node.type) {
    case 'set':
      return node.source
    case 'assert':
      return assertionSource(node.what, options.isMultiline)
    case 'sequence':
      return node.items.map(of).join('')
    case 'alternatives':
      return `(?:${(options.isReversed ? node.items.toReversed() : node.items).map(of).join('|')})`
    case 'repeat': {
      const { min, max } = node
      const count = max === Number.POSITIVE_INFINITY ? `{${min},}` : `{${min},${max}}`
      return `(?:${of(node.item)})${count}`
    }
    case 'group':
      return `(${options.hasGroups ? '' : '?:'}${of(node.item)})`
    case 'back-reference':
      return `(?:\\${node.number})`
  }
}

/** Whether a tree has a node of a kind. */
export function hasNode(node: RegexNode, type: RegexNode['type']): boolean {
  if (node.type === type) return true
  if (node.type === 'sequence' || node.type === 'alternatives')
    return node.items.some(item => hasNode(item, type))
  return node.type === 'repeat' || node.type === 'group' ? hasNode(node.item, type) : false
}
