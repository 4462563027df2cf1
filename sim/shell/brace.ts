import type { BraceExpansion, Word, WordPart } from './syntax.ts'

const expanded = new WeakMap<Word, readonly Word[]>()

/** Brace expansion: one word becomes several, before anything else is expanded. */
export function expandBraces(word: Word): readonly Word[] {
  if (!word.parts.some(part => part.type === 'BraceExpansion')) return [word]
  const known = expanded.get(word)
  if (known !== undefined) return known
  const words = combine(word.parts).map(parts => ({ ...word, parts }))
  expanded.set(word, words)
  return words
}

function combine(parts: readonly WordPart[]): WordPart[][] {
  let words: WordPart[][] = [[]]
  for (const part of parts) {
    const choices = part.type === 'BraceExpansion' ? joinEscaped(part.items).flatMap(choicesOf) : [[part]]
    words = words.flatMap(before => choices.map(choice => [...before, ...choice]))
  }
  return words
}

/** The parser splits at a comma that has a backslash, too, and leaves the backslash. */
function joinEscaped(items: BraceExpansion['items']): BraceExpansion['items'] {
  const joined: BraceExpansion['items'] = []
  for (const item of items) {
    const before = joined.at(-1)
    const last = before?.type === 'Word' ? before.word.parts.at(-1) : undefined
    if (
      item.type !== 'Word' ||
      before?.type !== 'Word' ||
      last?.type !== 'Literal' ||
      !last.value.endsWith('\\')
    ) {
      joined.push(item)
      continue
    }
    const comma: WordPart[] = [
      { type: 'Literal', value: last.value.slice(0, -1) },
      { type: 'Escaped', value: ',' },
    ]
    const parts = [...before.word.parts.slice(0, -1), ...comma, ...item.word.parts]
    joined[joined.length - 1] = { type: 'Word', word: { ...before.word, parts } }
  }
  return joined
}

function choicesOf(item: BraceExpansion['items'][number]): readonly (readonly WordPart[])[] {
  if (item.type === 'Word') return combine(item.word.parts)
  return range(item).map(value => [{ type: 'Literal', value }])
}

/** `{01..10..2}`: zeros in front of either end pad all; letters go by their codes. */
function range(item: Extract<BraceExpansion['items'][number], { type: 'Range' }>): readonly string[] {
  const start = item.startStr ?? String(item.start)
  const end = item.endStr ?? String(item.end)
  const isNumeric = /^-?\d+$/.test(start) && /^-?\d+$/.test(end)
  const from = isNumeric ? Number(start) : start.charCodeAt(0)
  const to = isNumeric ? Number(end) : end.charCodeAt(0)
  const step = Math.abs(item.step ?? 1) || 1
  const isPadded = isNumeric && [start, end].some(text => /^-?0\d/.test(text))
  const width = isPadded ? Math.max(start.length, end.length) : 0
  const values: string[] = []
  for (let value = from; from <= to ? value <= to : value >= to; value += from <= to ? step : -step)
    values.push(isNumeric ? pad(value, width) : String.fromCharCode(value))
  return values
}

const pad = (value: number, width: number): string =>
  value < 0 ? `-${String(-value).padStart(width - 1, '0')}` : String(value).padStart(width, '0')
