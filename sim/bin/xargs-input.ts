/** One argument of xargs's input; with -L lines are counted. */
export interface Item {
  readonly text: string
  readonly isLineEnd: boolean
}

/** Everything between delimiters is an argument: -0 and -d. */
export function splitItems(input: string, delimiter: string): readonly Item[] {
  const parts = input.split(delimiter)
  if (parts.at(-1) === '') parts.pop()
  return parts.map(text => ({ text, isLineEnd: true }))
}

/** read_line() of findutils's xargs.c: blanks separate, quotes and backslashes take that away; what is wrong with them ends it. */
export function splitQuoted(
  input: string,
  isLinewise: boolean,
): { readonly items: readonly Item[]; readonly error: string | undefined } {
  const items: Item[] = []
  let text = ''
  let hasText = false
  let quote = ''
  const end = (isLineEnd: boolean): void => {
    if (hasText) items.push({ text, isLineEnd })
    else if (isLineEnd) markLineEnd(items)
    text = ''
    hasText = false
  }
  for (let at = 0; at < input.length; at++) {
    const character = input.charAt(at)
    if (quote !== '') {
      if (character === '\n') return { items, error: unmatched(quote) }
      if (character === quote) quote = ''
      else text += character
    } else if (character === '\\') {
      text += input.charAt(++at)
      hasText = true
    } else if (character === "'" || character === '"') {
      quote = character
      hasText = true
    } else if (character === '\n') {
      // A blank at the end of a line joins it to the next one.
      end(!/[ \t]/.test(input.charAt(at - 1)) || isLinewise)
    } else if (/[ \t]/.test(character) && !(isLinewise && hasText)) end(false)
    else {
      text += character
      hasText = true
    }
  }
  if (quote !== '') return { items, error: unmatched(quote) }
  end(true)
  return { items, error: undefined }
}

function markLineEnd(items: Item[]): void {
  const last = items.at(-1)
  if (last !== undefined) items[items.length - 1] = { ...last, isLineEnd: true }
}

const unmatched = (quote: string): string =>
  `unmatched ${quote === '"' ? 'double' : 'single'} quote; by default quotes are special to xargs unless you use the -0 option`
