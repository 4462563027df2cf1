import stringWidth from 'string-width'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** How many columns a text takes on a terminal; escape sequences for colour take none. */
export const displayWidth = (text: string): number => stringWidth(text)

/** The text in at most so many columns; what does not fit is cut off and shown as `…`. For text without escape sequences. */
export function truncated(text: string, columns: number): string {
  if (columns <= 0) return ''
  if (stringWidth(text) <= columns) return text
  let width = 1
  let kept = ''
  for (const { segment } of graphemes.segment(text)) {
    width += stringWidth(segment)
    if (width > columns) break
    kept += segment
  }
  return `${kept}…`
}

/** Cut off or filled up with spaces to exactly so many columns. */
export function fitted(text: string, columns: number): string {
  const short = truncated(text, columns)
  return short + ' '.repeat(Math.max(0, columns - stringWidth(short)))
}
