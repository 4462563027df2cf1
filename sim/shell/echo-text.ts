import { expandEscapes } from './escapes.ts'

export interface EchoOptions {
  /** Whether escapes are expanded without `-e`. */
  readonly isEscaping: boolean
  /** Options that there are; default `neE`. */
  readonly letters?: string
  readonly isOneOption?: boolean
  readonly isDash?: boolean
}

/** What echo prints. */
export function echoText(args: readonly string[], options: EchoOptions): string {
  const { letters = 'neE', isOneOption = false, isDash = false } = options
  const words = [...args]
  let { isEscaping } = options
  let hasNewline = true
  const isOption = (word: string | undefined): word is string =>
    word !== undefined && new RegExp(`^-[${letters}]+$`).test(word) && !(isOneOption && word !== '-n')
  for (let word = words[0]; isOption(word); word = words[0]) {
    words.shift()
    for (const letter of word.slice(1)) {
      if (letter === 'n') hasNewline = false
      else isEscaping = letter === 'e'
    }
    if (isOneOption) break
  }
  const joined = words.join(' ')
  if (!isEscaping) return hasNewline ? `${joined}\n` : joined
  const { text, isStopped } = expandEscapes(joined, { isDash, isZeroOctal: true })
  return hasNewline && !isStopped ? `${text}\n` : text
}
