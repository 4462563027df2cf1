/**
 * What could move the cursor, recolour, retitle or reorder what a person reads: C0 (but tab and newline) and C1 controls,
 * DEL, and the characters that change the direction of text (Unicode's Bidi_Control).
 */
const HIDDEN = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Text from a host or a file, with what a terminal would obey instead of show written as `\xHH` or `\uHHHH`. */
export const visible = (text: string): string =>
  text.replace(HIDDEN, character => {
    const code = character.charCodeAt(0)
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`
  })

/** The same for a text that is to be one line. */
export const visibleLine = (text: string): string =>
  visible(text)
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll('\t', ' ')

/** Plain data with every string in it made visible; bytes stay. */
export function visibleData<T>(data: T): T
export function visibleData(data: unknown): unknown {
  if (typeof data === 'string') return visible(data)
  if (Array.isArray(data)) return data.map(item => visibleData(item))
  if (typeof data !== 'object' || data === null || data instanceof Uint8Array) return data
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, visibleData(value)]))
}
